# RUN: foldaway-opt %s --function f | filecheck %s
# ruff: noqa


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: pyobj.try {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.call %0()
# CHECK-NEXT: } except "e" of {
# CHECK-NEXT: %2 = pyobj.load "ValueError"
# CHECK-NEXT: pyobj.give %2
# CHECK-NEXT: } {
# CHECK-NEXT: pyobj.raise
# CHECK-NEXT: } except {
# CHECK-NEXT: %3 = pyobj.load "a"
# CHECK-NEXT: %4 = pyobj.constant None
# CHECK-NEXT: pyobj.raise %3, %4
# CHECK-NEXT: } else {
# CHECK-NEXT: pyobj.pass
# CHECK-NEXT: } finally {
# CHECK-NEXT: pyobj.pass
def f(a):
    try:
        a()
    except ValueError as e:
        raise
    except:
        raise a from None
    else:
        pass
    finally:
        pass
