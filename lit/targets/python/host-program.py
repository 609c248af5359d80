# RUN: foldaway-opt %s --function f --args tensor<3xf32> --allow-python -t python | filecheck %s


# CHECK: def f(a0):
# CHECK-NEXT: return (f_segment0(a0), 'text')
def f(x):
    return x + 1, "text"
