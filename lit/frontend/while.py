# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: pyobj.while {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.call %0()
# CHECK-NEXT: pyobj.give %1
# CHECK-NEXT: } do {
# CHECK-NEXT: pyobj.break
# CHECK-NEXT: } else {
# CHECK-NEXT: %2 = pyobj.constant None
# CHECK-NEXT: pyobj.store "a", %2
def f(a):
    while a():
        break
    else:
        a = None
