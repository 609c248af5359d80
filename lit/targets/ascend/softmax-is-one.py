# RUN: foldaway-opt %s --function f --args 'tensor<50x130xf16>' \
# RUN:   --allow-python -t ascend | filecheck %s
from foldaway import ops


# CHECK: func.func @f_segment0_0_kernel(
# CHECK: linalg.reduce
# CHECK: math.exp
# CHECK: linalg.reduce
# CHECK: arith.divf
# CHECK-NOT: // -----
def f(x):
    return ops.softmax(x, axis=-1)
