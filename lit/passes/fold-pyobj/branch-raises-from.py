# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: graph.if %{{.*}} {
# CHECK: pyobj.runtime "new_exception"
# CHECK: pyobj.raise
# CHECK: } else {
def f(x):
    if x.sum() > 0:
        raise KeyError("positive", 1) from None
    return x
