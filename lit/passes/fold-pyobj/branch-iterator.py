# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: items are taken from a list_iterator in a branch or loop that depends on
# CHECK: hint: make the iterator where it is used, or use a list
def f(x):
    source = iter([1, 2])
    return next(source) if x.sum() > 0 else x
