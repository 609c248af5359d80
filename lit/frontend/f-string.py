# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.constant "{a} is "
# CHECK-NEXT: %1 = pyobj.load "a"
# CHECK-NEXT: %2 = pyobj.constant ">"
# CHECK-NEXT: %3 = pyobj.load "a"
# CHECK-NEXT: %4 = pyobj.format %3 ""
# CHECK-NEXT: %5 = pyobj.join (%2, %4)
# CHECK-NEXT: %6 = pyobj.format %1 "r" : %5
# CHECK-NEXT: %7 = pyobj.join (%0, %6)
# CHECK-NEXT: pyobj.return %7
def f(a):
    return f"{{a}} is {a!r:>{a}}"
