# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>, tensor<3xf32>' | filecheck %s
# ruff: noqa


# CHECK: func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> !pyobj.object {
# CHECK-NEXT: pyobj.store "x", %x
# CHECK-NEXT: pyobj.store "y", %y
# CHECK-NEXT: %0 = pyobj.load "x"
# CHECK-NEXT: %1 = pyobj.load "other"
# CHECK-NEXT: %2 = pyobj.binary "+" %0, %1
# CHECK-NEXT: pyobj.store "z", %2
# CHECK-NEXT: %3 = pyobj.load "x"
# CHECK-NEXT: %4 = pyobj.load "y"
# CHECK-NEXT: %5 = pyobj.binary "+" %3, %4
# CHECK-NEXT: pyobj.return %5
def f(x, y):
    z = x + other
    return x + y
