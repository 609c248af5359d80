# RUN: foldaway-opt %s --function f --args 'tensor<2xf32>' --allow-python -t llvm | filecheck %s


# CHECK: define i32 @f_segment0(ptr %block)
def f(x):
    return x + 1, "text"
