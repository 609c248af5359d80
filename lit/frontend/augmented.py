# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: pyobj.aug_store "a" "+" {
# CHECK-NEXT: %0 = pyobj.constant 1
# CHECK-NEXT: pyobj.give %0
# CHECK-NEXT: }
# CHECK-NEXT: %1 = pyobj.load "a"
# CHECK-NEXT: pyobj.aug_setattr %1, "x" "-" {
# CHECK-NEXT: %2 = pyobj.load "a"
# CHECK-NEXT: pyobj.give %2
# CHECK-NEXT: }
# CHECK-NEXT: %3 = pyobj.load "a"
# CHECK-NEXT: %4 = pyobj.constant 0
# CHECK-NEXT: pyobj.aug_setitem %3[%4] "@" {
# CHECK-NEXT: %5 = pyobj.load "a"
# CHECK-NEXT: pyobj.give %5
def f(a):
    a += 1
    a.x -= a
    a[0] @= a
