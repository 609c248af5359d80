# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: [[AGAIN:%.*]], [[Y:%.*]], [[SAME:%.*]] = graph.while(%{{.*}}, %x, %{{.*}})
# CHECK: graph.give %{{.*}} : tensor<i1>
# CHECK-NEXT: } do {
# CHECK: graph.mul
# CHECK: graph.compare "lt"
# CHECK: graph.give %{{.*}}, %{{.*}}, %{{.*}} : tensor<i1>, tensor<3xf32>, tensor<i1>
def f(x):
    while x.sum() < 9:
        x = x * 2
    return x
