# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>, 2, "text"' | filecheck %s


# CHECK: func.func @f(%x: tensor<3xf32>) -> !pyobj.object {
# CHECK-NEXT: %n = pyobj.constant 2
# CHECK-NEXT: %t = pyobj.constant "text"
def f(x, n, t):
    return x, n, t
