# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"("a") {
# CHECK-NEXT: %0 = pyobj.load "a"
# CHECK-NEXT: %1 = pyobj.comprehension "dict" %0 target %2 {
# CHECK-NEXT: %3, %4 = pyobj.unpack %2 into 2
# CHECK-NEXT: pyobj.store "k", %3
# CHECK-NEXT: pyobj.store "v", %4
# CHECK-NEXT: } if {
# CHECK-NEXT: %5 = pyobj.load "k"
# CHECK-NEXT: pyobj.give %5
# CHECK-NEXT: } iterable {
# CHECK-NEXT: %6 = pyobj.load "v"
# CHECK-NEXT: pyobj.give %6
# CHECK-NEXT: } target %7 {
# CHECK-NEXT: pyobj.store "v", %7
# CHECK-NEXT: } element {
# CHECK-NEXT: %8 = pyobj.load "k"
# CHECK-NEXT: %9 = pyobj.load "v"
# CHECK-NEXT: pyobj.give %8, %9
# CHECK-NEXT: }
# CHECK-NEXT: pyobj.return %1
def f(a):
    return {k: v for k, v in a if k for v in v}
