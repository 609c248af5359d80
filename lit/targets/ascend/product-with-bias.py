# RUN: foldaway-opt %s --function f \
# RUN:   --args 'tensor<200x500xbf16>, tensor<500x300xbf16>, tensor<300xbf16>' \
# RUN:   --allow-python -t ascend | filecheck %s
from foldaway import ops


# One program a tile; at the edges it takes what is inside.
# CHECK: func.func @f_segment0_0_kernel(
# CHECK-SAME: mix_mode = "mix"
# CHECK: scf.for
# CHECK: linalg.matmul
# CHECK: arith.addf
# CHECK: bufferization.materialize_in_destination
# CHECK-NOT: // -----
def f(x, w, b):
    return ops.relu(ops.matmul(x, w) + b)
