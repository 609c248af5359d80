# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: graph.if %{{.*}} {
# CHECK-NEXT: [[TEXT:%.*]] = pyobj.constant "positive"
# CHECK-NEXT: pyobj.return [[TEXT]]
# CHECK-NEXT: } else {
# CHECK-NEXT: pyobj.return %x
def f(x):
    if x.sum() > 0:
        return "positive"
    return x
