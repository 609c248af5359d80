# RUN: not foldaway-opt %s --function f --args 'tensor<3xf32>' -p fold-pyobj 2>&1 | filecheck %s

import math

print("this never runs")


# CHECK-NOT: this never runs
# CHECK: error: folding an import would run Python
# CHECK-NEXT: hint: allow it with --allow-python
def f(x):
    return x * math.pi
