# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>, tensor<4xf32>' | filecheck %s


# CHECK: func.func @f(%x: tensor<3xf32>, %y: tensor<4xf32>) -> !pyobj.object {
# CHECK-NEXT: pyobj.store "x", %x
# CHECK-NEXT: pyobj.store "y", %y
# CHECK-NEXT: %0 = pyobj.load "x"
# CHECK-NEXT: %1 = pyobj.load "y"
# CHECK-NEXT: %2 = pyobj.binary "+" %0, %1
# CHECK-NEXT: pyobj.return %2
def f(x, y):
    return x + y
