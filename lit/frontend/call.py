# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.constant 1
# CHECK-NEXT: %2 = pyobj.load "a"
# CHECK-NEXT: %3 = pyobj.tuple (*%2)
# CHECK-NEXT: %4 = pyobj.constant 2
# CHECK-NEXT: %5 = pyobj.load "a"
# CHECK-NEXT: %6 = pyobj.call %0(%1, *%3, k = %4, **%5)
# CHECK-NEXT: pyobj.return %6
def f(a):
    return a(1, *a, k=2, **a)
