# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: pyobj.delattr %0, "x"
# CHECK-NEXT: %1 = pyobj.load "a"
# CHECK-NEXT: %2 = pyobj.constant 0
# CHECK-NEXT: pyobj.delitem %1[%2]
# CHECK-NEXT: pyobj.delete "a"
def f(a):
    del a.x, a[0], a
