# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: pyobj.def "f"() {
# CHECK-NEXT: pyobj.import "a.b"
# CHECK-NEXT: pyobj.import "c" as "d"
# CHECK-NEXT: pyobj.import_from 2 "e" import "g", "i" as "h", "i"
def f():
    import a.b, c as d
    from ..e import g as h, i
