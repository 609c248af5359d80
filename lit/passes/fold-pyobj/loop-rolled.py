# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: graph.for 1 step 1 count 999(
# CHECK: graph.convert %{{.*}} : tensor<i64> -> tensor<f64>
# CHECK: graph.give
# CHECK-NOT: graph.mul
def f(x):
    for i in range(1000):
        x = x * 0.5 + i
    return x
