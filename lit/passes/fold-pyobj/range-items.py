# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: the items of a range are asked for whose end exists only at run time
# CHECK: hint: loop over the range with 'for', or make its end known while compiling
def f(x):
    return list(range(int(x.sum())))
