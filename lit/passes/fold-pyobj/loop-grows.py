# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: {{.*}} after a round of the loop than before
# CHECK: hint: let both sides give tensors of one shape and dtype, or numbers of one class
def f(x):
    found = []
    while x.sum() > 1:
        x = x / 2
        found.append(x)
    return found
