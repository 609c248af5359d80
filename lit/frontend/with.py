# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: pyobj.with %0 as %1 {
# CHECK-NEXT: pyobj.store "b", %1
# CHECK-NEXT: %2 = pyobj.load "f"
# CHECK-NEXT: pyobj.with %2 as %3 {
# CHECK-NEXT: pyobj.pass
def f(a):
    with a as b, f:
        pass
