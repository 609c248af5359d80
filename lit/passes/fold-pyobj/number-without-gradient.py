# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: a number that is made of a tensor has no gradient
# CHECK: hint: compute with tensor operations, or make the number outside the function
import foldaway


def f(x):
    return foldaway.grad(lambda y: y.sum() * float(y[0]))(x)
