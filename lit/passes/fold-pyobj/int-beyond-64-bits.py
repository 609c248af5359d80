# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: an int beyond 64 bits meets a number that exists only at run time
# CHECK: hint: compute with floats, or do this outside the compiled function
def f(x):
    return 2**70 if x.sum() > 0 else 1
