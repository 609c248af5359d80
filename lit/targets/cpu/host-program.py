# RUN: foldaway-opt %s --function f --args 'tensor<2xui8>' --allow-python -t cpu{seed=1} \
# RUN:   | filecheck %s


# CHECK: x is [{{[0-9]+}} {{[0-9]+}}]
# CHECK-NEXT: uint8 2: [{{[0-9]+, [0-9]+}}]
# CHECK-NEXT: 'text'
def f(x):
    print("x is", x)
    return x - x * 2, "text"
