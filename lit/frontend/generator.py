# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") generator {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.yield %0
# CHECK-NEXT: pyobj.store "x", %1
# CHECK-NEXT: %2 = pyobj.load "x"
# CHECK-NEXT: %3 = pyobj.yield_from %2
def f(a):
    x = yield a
    yield from x
