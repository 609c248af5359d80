# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: [[Y:%.*]], [[SAME:%.*]] = graph.if %{{.*}} -> tensor<3xf32>, tensor<i1> {
# CHECK:   [[A:%.*]], [[B:%.*]] = graph.if %{{.*}} -> tensor<3xf32>, tensor<i1> {
# CHECK:   graph.give [[A]], [[B]]
# CHECK: } else {
# CHECK: [[TRUE:%.*]] = graph.constant dense<true>
# CHECK-NEXT: graph.give %x, [[TRUE]]
# CHECK: [[CHOOSE:%.*]] = pyobj.runtime "choose"
# CHECK-NEXT: pyobj.call [[CHOOSE]]([[SAME]], %x, [[Y]])
def f(x):
    y = x
    if x.sum() > 0:
        if x.sum() > 5:
            y = x + 1
    return y
