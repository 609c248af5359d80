# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: pyobj.declare "global" "g"
# CHECK-NEXT: pyobj.declare "local" "b"
# CHECK-NEXT: pyobj.def "inner"() {
# CHECK-NEXT: pyobj.declare "nonlocal" "a"
def f(a):
    global g
    b: int

    def inner():
        nonlocal a
