# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.walrus "b", %0
# CHECK-NEXT: %2 = pyobj.load "b"
# CHECK-NEXT: %3 = pyobj.binary "+" %1, %2
# CHECK-NEXT: pyobj.return %3
def f(a):
    return (b := a) + b
