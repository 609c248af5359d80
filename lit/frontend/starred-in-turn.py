# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.load "a"
# CHECK-NEXT: %2 = pyobj.tuple (*%1)
# CHECK-NEXT: %3 = pyobj.load "a"
# CHECK-NEXT: %4 = pyobj.call %3()
# CHECK-NEXT: %5 = pyobj.call %0(*%2, %4)
# CHECK-NEXT: pyobj.return %5
def f(a):
    return a(*a, a())
