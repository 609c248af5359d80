# RUN: foldaway-opt %s --function f --args 'tensor<4x8xf32>, tensor<8x6xf32>' --allow-python \
# RUN:   -t ascend | filecheck %s
from foldaway import ops


# CHECK: builtin.module attributes {hacc.target = #hacc.target<"Ascend910B1">}
# CHECK: func.func @f_segment0_0_kernel({{.*}}) -> tensor<32xf32> attributes {hacc.entry,
# CHECK-SAME: hacc.function_kind = #hacc.function_kind<DEVICE>}
# CHECK: math.exp
# CHECK: // -----
# CHECK: func.func @f_segment0_1_kernel(
# CHECK-SAME: global_kernel = "local"
# CHECK: linalg.matmul
def f(x, y):
    return ops.matmul(ops.exp(x), y)
