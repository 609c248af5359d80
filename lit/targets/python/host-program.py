# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>' --allow-python -t python | filecheck %s


# CHECK: def f(x):
# CHECK-NEXT: return (f_segment0(x), 'text')
def f(x):
    return x + 1, "text"
