# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>, tensor<3xf32>' | filecheck %s
# ruff: noqa


# CHECK: func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> !pyobj.object {
# CHECK-NEXT: pyobj.store "x", %x
# CHECK-NEXT: pyobj.store "y", %y
# CHECK-NEXT: %0 = graph.add %x, %y : tensor<3xf32>
# CHECK-NEXT: pyobj.store "z", %0
# CHECK-NEXT: %1 = pyobj.load "g"
# CHECK-NEXT: %2 = pyobj.load "z"
# CHECK-NEXT: %3 = pyobj.call %1(%2)
# CHECK-NEXT: pyobj.store "w", %3
# CHECK-NEXT: %4 = pyobj.load "z"
# CHECK-NEXT: %5 = pyobj.load "w"
# CHECK-NEXT: %6 = pyobj.binary "+" %4, %5
# CHECK-NEXT: %7 = pyobj.load "x"
# CHECK-NEXT: %8 = pyobj.load "y"
# CHECK-NEXT: %9 = pyobj.binary "+" %7, %8
# CHECK-NEXT: %10 = pyobj.binary "+" %6, %9
# CHECK-NEXT: pyobj.return %10
def f(x, y):
    z = x + y
    w = g(z)
    return z + w + (x + y)
