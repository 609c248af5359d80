# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: graph.assert %{{.*}} "ValueError" "cannot convert float NaN to integer"
# CHECK: graph.assert %{{.*}} "OverflowError" "cannot convert float infinity to integer"
# CHECK: [[N:%.*]] = graph.convert %{{.*}} : tensor<f64> -> tensor<i64>
# CHECK: [[M:%.*]] = graph.mul [[N]]
# CHECK: [[INT:%.*]] = pyobj.runtime "int"
# CHECK-NEXT: pyobj.call [[INT]]([[M]])
def f(x):
    return int(x.sum()) * 2
