# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: [[Y:%.*]] = graph.if %{{.*}} -> tensor<3xf32> {
# CHECK:   graph.add %x
# CHECK:   graph.give
# CHECK: } else {
# CHECK:   graph.mul %x
# CHECK:   graph.give
# CHECK: pyobj.return [[Y]]
def f(x):
    if x.sum() > 0:
        y = x + 1
    else:
        y = x * 2
    return y
