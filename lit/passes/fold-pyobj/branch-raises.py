# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: graph.if %{{.*}} {
# CHECK-NEXT: graph.raise "ValueError" "positive"
# CHECK-NEXT: } else {
# CHECK-NEXT: graph.give
# CHECK-NEXT: }
# CHECK-NEXT: pyobj.return %x
def f(x):
    if x.sum() > 0:
        raise ValueError("positive")
    return x
