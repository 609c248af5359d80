# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: pyobj.def "f"("a", "b") {
# CHECK-NEXT: %0 = pyobj.load "b"
# CHECK-NEXT: %1 = pyobj.ifexp %0 {
# CHECK-NEXT: %2 = pyobj.load "a"
# CHECK-NEXT: %3 = pyobj.and %2 {
# CHECK-NEXT: %4 = pyobj.load "b"
# CHECK-NEXT: pyobj.give %4
# CHECK-NEXT: }
# CHECK-NEXT: %5 = pyobj.or %3 {
# CHECK-NEXT: %6 = pyobj.load "a"
# CHECK-NEXT: %7 = pyobj.unary "not" %6
# CHECK-NEXT: pyobj.give %7
# CHECK-NEXT: }
# CHECK-NEXT: pyobj.give %5
# CHECK-NEXT: } else {
# CHECK-NEXT: %8 = pyobj.load "a"
# CHECK-NEXT: pyobj.give %8
# CHECK-NEXT: }
# CHECK-NEXT: pyobj.return %1
def f(a, b):
    return a and b or not a if b else a
