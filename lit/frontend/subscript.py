# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.constant 1
# CHECK-NEXT: %2 = pyobj.constant None
# CHECK-NEXT: %3 = pyobj.constant None
# CHECK-NEXT: %4 = pyobj.slice %1 : %2 : %3
# CHECK-NEXT: %5 = pyobj.constant None
# CHECK-NEXT: %6 = pyobj.constant None
# CHECK-NEXT: %7 = pyobj.constant 2
# CHECK-NEXT: %8 = pyobj.slice %5 : %6 : %7
# CHECK-NEXT: %9 = pyobj.constant ...
# CHECK-NEXT: %10 = pyobj.tuple (%4, %8, %9)
# CHECK-NEXT: %11 = pyobj.getitem %0[%10]
# CHECK-NEXT: pyobj.return %11
def f(a):
    return a[1:, ::2, ...]
