# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>, tensor<3xf32>' | filecheck %s


# CHECK: func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> !pyobj.object {
# CHECK-NEXT: pyobj.store "x", %x
# CHECK-NEXT: pyobj.store "y", %y
# CHECK-NEXT: %0 = graph.div %x, %y : tensor<3xf32>
# CHECK-NEXT: pyobj.store "x", %0
# CHECK-NEXT: %1 = pyobj.load "y"
# CHECK-NEXT: pyobj.if %1 {
# CHECK-NEXT: %2 = pyobj.load "x"
# CHECK-NEXT: %3 = pyobj.load "y"
# CHECK-NEXT: %4 = pyobj.binary "+" %2, %3
# CHECK-NEXT: pyobj.store "x", %4
# CHECK-NEXT: }
# CHECK-NEXT: %5 = pyobj.load "x"
# CHECK-NEXT: pyobj.return %5
def f(x, y):
    x = x / y
    if y:
        x = x + y
    return x
