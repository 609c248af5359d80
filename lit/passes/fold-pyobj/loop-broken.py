# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: graph.while(
# CHECK: } do {
# CHECK: graph.if %{{.*}} -> tensor<i1>, tensor<i64> {
# CHECK-NEXT: %{{.*}} = graph.constant dense<false>
# CHECK-NEXT: %{{.*}} = graph.constant dense<1>
# CHECK-NEXT: graph.give
def f(x):
    for i in range(int(x.sum())):
        x = x + i
        if x.sum() > 9:
            break
    return x
