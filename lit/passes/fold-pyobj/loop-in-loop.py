# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: graph.while(
# CHECK: } do {
# CHECK: graph.while(
# CHECK: } do {
# CHECK: graph.give
# CHECK: graph.give
def f(x):
    while x.sum() < 9:
        while x.max() < 2:
            x = x + 1
        x = x * 2
    return x
