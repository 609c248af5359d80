# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: pyobj.store "b", %0
# CHECK-NEXT: pyobj.store "c", %0
# CHECK-NEXT: %1 = pyobj.load "b"
# CHECK-NEXT: %2, %3 = pyobj.unpack %1 into 2
# CHECK-NEXT: %4 = pyobj.load "a"
# CHECK-NEXT: pyobj.setattr %2, %4, "x"
# CHECK-NEXT: %5, %6 = pyobj.unpack %3 into 2 star 1
# CHECK-NEXT: pyobj.store "b", %5
# CHECK-NEXT: pyobj.store "c", %6
# CHECK-NEXT: %7 = pyobj.load "a"
# CHECK-NEXT: %8 = pyobj.constant 0
# CHECK-NEXT: pyobj.setitem %1, %7[%8]
def f(a):
    b = c = a
    a.x, [b, *c] = a[0] = b
