# RUN: foldaway-opt %s --function f --args 'tensor<64x1000xf32>' \
# RUN:   --allow-python -t ptx | filecheck %s
from foldaway import ops


# One kernel: a row stays in registers, its maximum and its sum go through shuffles.
# CHECK: .target sm_80
# CHECK-COUNT-1: .visible .entry
# CHECK: ld.global.nc.v4.b32
# CHECK: shfl.sync.bfly
# CHECK: shfl.sync.bfly
# CHECK: st.global.v4.b32
# CHECK-NOT: .visible .entry
def f(x):
    return ops.softmax(x, axis=-1)
