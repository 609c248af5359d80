# RUN: foldaway-opt %s --function f --args 'tensor<2x3xf32>, tensor<3x4xf32>' | filecheck %s
# ruff: noqa


# CHECK: func.func @f(%x: tensor<2x3xf32>, %y: tensor<3x4xf32>) -> tensor<2x4xf32> {
# CHECK-NEXT: %0 = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0] : tensor<2x3xf32>, tensor<3x4xf32> -> tensor<2x4xf32>
# CHECK-NEXT: func.return %0 : tensor<2x4xf32>
def f(x, y):
    return x @ y
