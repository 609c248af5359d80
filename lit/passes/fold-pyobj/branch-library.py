# RUN: not foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj 2>&1 | filecheck %s

# CHECK: error: 'suppress.__exit__' may change an object in a branch or loop
# CHECK: hint: do it before the branch or the loop, or outside the compiled function
import contextlib


def f(x):
    with contextlib.suppress(ValueError):
        if x.sum() > 0:
            raise ValueError
    return x
