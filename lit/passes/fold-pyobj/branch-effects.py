# RUN: foldaway-opt %s --allow-python --function f --args "tensor<3xf32>" \
# RUN: -p fold-pyobj | filecheck %s

# CHECK-LABEL: @f
# CHECK: graph.if %{{.*}} {
# CHECK-NEXT: graph.print "stdout" "str" ["positive ", "\0A"] %x
# CHECK: } else {
def f(x):
    if x.sum() > 0:
        print("positive", x)
    return x
