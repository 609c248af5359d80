"""Gradients inside of compiled functions and Cells, of what compiles and of what doesn't."""

import numpy as np

import foldaway.mindspore as ms
from foldaway.mindspore import Parameter, Tensor, mutable, nn, ops

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, -2.0, 3.0])


def square(x):
    return x * x


def branching(x):
    if x.sum() > 0:
        return x * x
    return x * 3


def product(x, y):
    return x * y


@calls((ROW,), (ROW * 2,))
def gradient_of_a_function(x):
    return ms.grad(square)(x), ms.grad(lambda y: y.sum() * y)(x)


@calls((ROW,), (-ROW,))
def gradient_of_a_branch(x):
    return ms.grad(branching)(x)


@calls((ROW, Tensor([2.0, 2.0, 2.0])))
def gradients_by_positions(x, y):
    first = ms.grad(product)(x, y)
    return first, ms.grad(product, (0, 1))(x, y), ms.value_and_grad(product, 1)(x, y)


@calls((ROW,), (-ROW,))
def gradient_of_a_gradient(x):
    return ms.grad(ms.grad(lambda y: y * y * y))(x), ms.grad(ms.grad(branching))(x)


@calls((mutable((ROW, ROW * 2)),))
def gradient_by_a_tuple(pair):
    return ms.grad(lambda p: p[0] * p[1])(pair)


@calls((ROW,))
def gradient_with_python_around(x):
    log = []
    for n in range(3):
        log.append(ms.grad(lambda y, n=n: y * n)(x))
    return log, len(log)


@calls((ROW,))
def gradient_with_aux(x):
    return ms.grad(lambda y: (y * y, y + 1, "text"), has_aux=True)(x)


@calls((ROW,))
def gradient_prints(x):
    def f(y):
        print("in f")
        return y * 2

    return ms.grad(f)(x)


@calls((ROW,))
def gradient_raises(x):
    def f(y):
        if y.sum() > 0:
            raise ValueError("positive", len(y))
        return y

    return ms.grad(f)(x)


@calls((ROW,))
def gradient_of_a_number_is_wrong(x):
    return ms.grad(square)(2.0), x


class Inner(nn.Cell):
    def __init__(self):
        super().__init__()
        self.weight = Parameter(Tensor([1.0, 2.0, 3.0]), name="weight")
        self.scale = 2.0

    def construct(self, x):
        return x * self.weight * self.scale


class Gated(Inner):
    def construct(self, x):
        y = super().construct(x)
        return y if y.sum() > 5 else -y


@calls((ROW,), (ROW * 2,))
class GradientCell(nn.Cell):
    def __init__(self):
        super().__init__()
        self.net = Inner()
        self.weights = ms.ParameterTuple(self.net.trainable_params())
        self.grad = ops.GradOperation(get_all=True, get_by_list=True)

    def construct(self, x):
        return self.grad(self.net, self.weights)(x)


@calls((ROW,), (-ROW,))
class GradientOfABranchCell(nn.Cell):
    def __init__(self):
        super().__init__()
        self.net = Gated()

    def construct(self, x):
        return ms.value_and_grad(self.net, 0, self.net.weight)(x)


@calls((ROW, Tensor([1.0, 0.5, 2.0])))
class GradientWithSens(nn.Cell):
    def __init__(self):
        super().__init__()
        self.net = Inner()
        self.grad = ops.GradOperation(sens_param=True)

    def construct(self, x, sens):
        return self.grad(self.net)(x, sens)


@calls((ROW,))
class TrainsItself(nn.Cell):
    def __init__(self):
        super().__init__()
        self.net = Inner()
        self.step = ms.value_and_grad(lambda x: (self.net(x) ** 2).sum(), None, self.net.weight)

    def construct(self, x):
        for _ in range(3):
            value, gradient = self.step(x)
            ops.assign(self.net.weight, self.net.weight - gradient * 0.01)
        return value, self.net.weight * 1


@calls((ROW,))
class OwnGradient(nn.Cell):
    def __init__(self):
        super().__init__()
        self.net = Rounded()

    def construct(self, x):
        return ms.grad(lambda y: self.net(y) * y)(x)


class Rounded(nn.Cell):
    def construct(self, x):
        return x.round()

    def bprop(self, x, out, dout):
        return (dout * 0.5,)


@calls((ROW,))
def gradient_with_numpy_constants(x):
    table = np.linspace(1, 3, 3).astype(np.float32)
    return ms.grad(lambda y: y * Tensor(table * 2))(x), ms.grad(lambda y: np.sin(y) * 2)(x)
