# RUN: foldaway-opt %s --function f --args 'tensor<1000000xf32>' \
# RUN:   --allow-python -t ptx | filecheck %s
from foldaway import ops


# Blocks add up parts, and a second kernel adds these.
# CHECK: .visible .entry
# CHECK: shfl.sync
# CHECK: bar.sync
# CHECK: .visible .entry
# CHECK: shfl.sync
def f(x):
    return ops.reduce_sum(x)
