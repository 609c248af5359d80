# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a", "b") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.chain %0 "<", "is not" {
# CHECK-NEXT: %2 = pyobj.load "b"
# CHECK-NEXT: pyobj.give %2
# CHECK-NEXT: }, {
# CHECK-NEXT: %3 = pyobj.constant None
# CHECK-NEXT: pyobj.give %3
# CHECK-NEXT: }
# CHECK-NEXT: %4 = pyobj.load "a"
# CHECK-NEXT: %5 = pyobj.load "b"
# CHECK-NEXT: %6 = pyobj.compare "in" %4, %5
# CHECK-NEXT: %7 = pyobj.tuple (%1, %6)
# CHECK-NEXT: pyobj.return %7
def f(a, b):
    return a < b is not None, a in b
