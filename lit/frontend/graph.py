# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>, tensor<3xf32>' | filecheck %s


# CHECK: func.func @f(%x: tensor<3xf32>, %y: tensor<3xf32>) -> tensor<3xi1> {
# CHECK-NEXT: %0 = graph.neg %x : tensor<3xf32>
# CHECK-NEXT: %1 = graph.constant dense<2.000000e+00> : tensor<f32>
# CHECK-NEXT: %2 = graph.broadcast %1, dimensions = [] : tensor<f32> -> tensor<3xf32>
# CHECK-NEXT: %3 = graph.mul %y, %2 : tensor<3xf32>
# CHECK-NEXT: %4 = graph.add %0, %3 : tensor<3xf32>
# CHECK-NEXT: %5 = graph.compare "gt" %4, %y : tensor<3xf32> -> tensor<3xi1>
# CHECK-NEXT: func.return %5 : tensor<3xi1>
def f(x, y):
    z = -x + y * 2.0
    return z > y
