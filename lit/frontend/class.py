# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: pyobj.def "f"("b") {
# CHECK-NEXT: %0 = pyobj.load "b"
# CHECK-NEXT: %1 = pyobj.load "b"
# CHECK-NEXT: %2 = pyobj.load "type"
# CHECK-NEXT: pyobj.class "C"(%1, metaclass = %2) decorators(%0) doc "Doc." {
# CHECK-NEXT: %3 = pyobj.constant 1
# CHECK-NEXT: pyobj.store "x", %3
# CHECK-NEXT: %4 = pyobj.load "int"
# CHECK-NEXT: pyobj.annotate "x", %4
def f(b):
    @b
    class C(b, metaclass=type):
        "Doc."

        x: int = 1
