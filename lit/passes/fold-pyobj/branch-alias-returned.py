# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: two tensors are given back that may be one, as a branch on
# CHECK: hint: make a copy in the branch
def f(x):
    a, b = x + 1, x + 2
    for i in range(6):
        if x[i % 3] > 0:
            a, b = b, a + 1
        elif x[i % 3] < -1:
            a, b = b, a
    c = a if x[0] > 0 else b
    return a, b, c
