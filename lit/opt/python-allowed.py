# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>' -p fold-pyobj --allow-python \
# RUN:   | filecheck %s

import math

SCALE = math.sqrt(16.0)


# CHECK: graph.constant dense<4.000000e+00> : tensor<f32>
def f(x):
    return x * SCALE
