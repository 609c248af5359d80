# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: a tensor is changed in place that may be one with another, as a branch
# CHECK: hint: make a copy in the branch, or change it before the branch
def f(x):
    y = x + 1 if x.sum() > 0 else x
    y[0] = 1
    return y
