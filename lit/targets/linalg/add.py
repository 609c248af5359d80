# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>, tensor<3xf32>' --allow-python -t linalg \
# RUN:   | filecheck %s


# CHECK: arith.addf %{{.*}}, %{{.*}} : tensor<3xf32>
def f(x, y):
    return x + y
