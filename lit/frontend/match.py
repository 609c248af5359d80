# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: pyobj.match %0 case "[x, *_]" if {
# CHECK-NEXT: %1 = pyobj.load "x"
# CHECK-NEXT: pyobj.give %1
# CHECK-NEXT: } {
# CHECK-NEXT: pyobj.pass
# CHECK-NEXT: } case "{'k': 1} | None" {
# CHECK-NEXT: pyobj.pass
def f(a):
    match a:
        case [x, *_] if x:
            pass
        case {"k": 1} | None:
            pass
