# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>, 2' | filecheck %s
# ruff: noqa


# CHECK: func.func @f(%x: tensor<3xf32>) -> !pyobj.object {
# CHECK-NEXT: %n = pyobj.constant 2
# CHECK-NEXT: pyobj.store "x", %x
# CHECK-NEXT: pyobj.store "n", %n
# CHECK-NEXT: %0 = pyobj.load "g"
# CHECK-NEXT: %1 = pyobj.load "x"
# CHECK-NEXT: %2 = pyobj.load "n"
# CHECK-NEXT: %3 = pyobj.call %0(%1, %2)
# CHECK-NEXT: pyobj.return %3
def f(x, n):
    return g(x, n)
