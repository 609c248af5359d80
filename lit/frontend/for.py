# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: pyobj.for %1 in %0 {
# CHECK-NEXT: %2, %3 = pyobj.unpack %1 into 2
# CHECK-NEXT: pyobj.store "i", %2
# CHECK-NEXT: pyobj.store "j", %3
# CHECK-NEXT: pyobj.continue
# CHECK-NEXT: } else {
# CHECK-NEXT: pyobj.pass
def f(a):
    for i, j in a:
        continue
    else:
        pass
