# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>' | filecheck %s
# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>' -p fold-pyobj | filecheck %s

# Equal numbers of a dtype and a shape are made once; 0.0 and -0.0 aren't equal.


# CHECK: func.func @f
# CHECK-NEXT: [[NUMBER:%.*]] = graph.constant dense<0.000000e+00>
# CHECK-NEXT: [[ZERO:%.*]] = graph.broadcast [[NUMBER]]
# CHECK-NEXT: [[A:%.*]] = graph.mul %{{.*}}, [[ZERO]]
# CHECK-NEXT: [[B:%.*]] = graph.add [[ZERO]], [[A]]
# CHECK-NEXT: [[OTHER:%.*]] = graph.constant dense<-0.000000e+00>
# CHECK-NEXT: [[MINUS:%.*]] = graph.broadcast [[OTHER]]
# CHECK-NEXT: graph.sub [[B]], [[MINUS]]
# CHECK-NEXT: {{.*}}return
def f(x):
    y = 0.0 + x * 0.0
    return y - -0.0
