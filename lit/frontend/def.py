# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: %0 = pyobj.load "cached"
# CHECK-NEXT: %1 = pyobj.constant 1
# CHECK-NEXT: %2 = pyobj.constant 2
# CHECK-NEXT: %3 = pyobj.load "int"
# CHECK-NEXT: %4 = pyobj.load "str"
# CHECK-NEXT: pyobj.def "f"("a" : %3, /, "b" = %1, *"c", "d" = %2, **"e") -> %4 decorators(%0) doc "Says what it does." {
# CHECK-NEXT: %5 = pyobj.load "a"
# CHECK-NEXT: pyobj.return %5
@cached
def f(a: int, /, b=1, *c, d=2, **e) -> str:
    "Says what it does."
    return a
