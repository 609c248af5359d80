# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: pyobj.assert %0 else {
# CHECK-NEXT: %1 = pyobj.load "a"
# CHECK-NEXT: %2 = pyobj.format %1 ""
# CHECK-NEXT: %3 = pyobj.join (%2)
# CHECK-NEXT: pyobj.give %3
def f(a):
    assert a, f"{a}"
