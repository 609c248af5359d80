# RUN: foldaway-opt %s --function f --args 'tensor<256x256xbf16>, tensor<256x256xbf16>' \
# RUN:   --allow-python -t ptx | filecheck %s
from foldaway import ops


# Tiles are copied while others are multiplied, and what follows is done on the result's.
# CHECK: .visible .entry
# CHECK: cp.async.cg.shared.global
# CHECK: cp.async.commit_group
# CHECK: cp.async.wait_group
# CHECK: bar.sync
# CHECK: ldmatrix.sync.aligned.m8n8.x4
# CHECK: mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
# CHECK: max
# CHECK: st.global
# CHECK-NOT: .visible .entry
def f(x, y):
    return ops.relu(ops.matmul(x, y))
