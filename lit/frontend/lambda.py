# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.lambda ("x", *"y", "z" = %0) {
# CHECK-NEXT: %2 = pyobj.load "x"
# CHECK-NEXT: pyobj.give %2
# CHECK-NEXT: }
# CHECK-NEXT: pyobj.return %1
def f(a):
    return lambda x, *y, z=a: x
