# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: pyobj.if %0 {
# CHECK-NEXT: %1 = pyobj.constant 1
# CHECK-NEXT: pyobj.return %1
# CHECK-NEXT: } else {
# CHECK-NEXT: %2 = pyobj.load "f"
# CHECK-NEXT: pyobj.if %2 {
# CHECK-NEXT: %3 = pyobj.constant 2
# CHECK-NEXT: pyobj.return %3
# CHECK-NEXT: } else {
# CHECK-NEXT: pyobj.pass
def f(a):
    if a:
        return 1
    elif f:
        return 2
    else:
        pass
