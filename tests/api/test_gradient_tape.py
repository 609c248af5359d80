"""Gradients of what can't be compiled whole: branches on data, effects, looks at the data."""

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Parameter, Tensor, nn, ops
from foldaway import mindspore as ms
from foldaway.gradients import mindspore_grad, stop_gradient
from foldaway.initializer import initializer

X = Tensor(np.array([1.0, 2.0, 3.0]))
LOG = []


def branches(x):
    if x.sum() > 5:
        return x * x
    return x * 3


def loops(x):
    steps = 0
    while x.sum() < 100:
        x = x * x
        steps += 1
    return x, Tensor(float(steps))


def looks(x):
    scale = int(x.sum())
    text = f"{x.shape} {x}"
    return x * scale + len(text) * 0


def stopped(x):
    return x * Tensor(stop_gradient(x).asnumpy() * 2)


def constants(x):
    y = x * 1
    z = Tensor([1.0, 1.0, 1.0])
    z[0] = X.asnumpy().max()
    z.asnumpy()[1] = 7
    return y * z.astype(foldaway.float64) if y.sum() > 0 else y


def in_place(x):
    y = x * 1
    if y.sum() > 0:
        y[0] = y[1] * 2
        y[1:] = 1.0
    return y * x


def effects(x):
    LOG.append(x.shape)
    if x.sum() > 0:
        print("in the function")
    return x * len(LOG)


def numpys(x):
    if x.sum() > 0:
        return np.sin(x) * np.float64(2)
    return x


def through_integers(x):
    if x.sum() > 0:
        return x * x.astype(foldaway.int32).astype(foldaway.float64)
    return x


GRADIENTS = {
    "branches": (branches, [2.0, 4.0, 6.0]),
    "loops": (loops, [8.0, 8 * 2.0**7, 8 * 3.0**7]),
    "looks": (looks, [6.0, 6.0, 6.0]),
    "stopped": (stopped, [2.0, 4.0, 6.0]),
    "constants": (constants, [3.0, 7.0, 1.0]),
    "in_place": (in_place, [4.0, 3.0, 1.0]),
    "numpys": (numpys, 2 * np.cos([1.0, 2.0, 3.0])),
    "through_integers": (through_integers, [1.0, 2.0, 3.0]),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_plain_python_is_differentiated(name):
    function, expected = GRADIENTS[name]
    for _ in range(3):
        np.testing.assert_allclose(foldaway.grad(function)(X).asnumpy(), expected)
    assert X.tolist() == [1.0, 2.0, 3.0]


def test_both_sides_of_a_branch():
    slope = foldaway.grad(branches)
    assert slope(X).tolist() == [2.0, 4.0, 6.0]
    assert slope(X - 3).tolist() == [3.0, 3.0, 3.0]


def test_effects_happen_once_a_call(capsys):
    LOG.clear()
    for count in (1, 2, 3):
        assert foldaway.grad(effects)(X).tolist() == [count] * 3
        assert capsys.readouterr().out == "in the function\n"
    assert len(LOG) == 3


def test_printing_shows_the_data(capsys):
    def prints(x):
        if x.sum() > 0:
            print("x:", x)
            ops.print_(x, "end")
        return x

    foldaway.grad(prints)(X)
    assert capsys.readouterr().out == "x: [1. 2. 3.]\n[1. 2. 3.]\nend\n"


class Gate(nn.Cell):
    def __init__(self):
        super().__init__()
        self.weight = Parameter(X * 1, name="weight")
        self.last = None

    def construct(self, x):
        self.last = x * self.weight
        if self.last.sum() > 10:
            return self.last
        return self.last * 3


def test_parameters_of_cells_with_branches():
    net = Gate()
    of_weights = mindspore_grad(net, None, net.trainable_params())(X)
    assert [g.tolist() for g in of_weights] == [[1.0, 2.0, 3.0]]
    of_x, of_weight = mindspore_grad(net, 0, net.weight)(X - 2)
    assert of_x.tolist() == [3.0, 6.0, 9.0]
    assert of_weight.tolist() == [-3.0, 0.0, 3.0]


def test_what_the_function_keeps_has_its_data_afterwards():
    net = Gate()
    foldaway.grad(net)(X)
    assert (net.last * 2).tolist() == [2.0, 8.0, 18.0]
    kept = []

    def raises(x):
        kept.append(x * 2)
        if x.sum() > 0:
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        foldaway.grad(raises)(X)
    assert kept[0].tolist() == [2.0, 4.0, 6.0]


def test_gradients_in_gradients():
    def slope(x):
        inner = foldaway.grad(branches)(x)
        if inner.sum() > 0:
            return inner * x
        return inner

    assert foldaway.grad(slope)(X).tolist() == [4.0, 8.0, 12.0]

    def constant_inside(x):
        inner = foldaway.grad(branches)(X)
        return x * Tensor(inner.asnumpy()) if x.sum() > 0 else x

    assert foldaway.grad(constant_inside)(X).tolist() == [2.0, 4.0, 6.0]


def test_lax_functions_call_gradients():
    net = Gate()

    @ms.jit
    def step(x):
        print("step")
        value, gradient = ms.value_and_grad(net)(x)
        return value.sum().asnumpy().item(), gradient

    value, gradient = step(X)
    assert (value, gradient.tolist()) == (14.0, [1.0, 2.0, 3.0])
    value, gradient = step(X - 2)
    assert (value, gradient.tolist()) == (6.0, [3.0, 6.0, 9.0])


def bool_then_asnumpy(x):
    if x.sum() > 0:
        return x * Tensor(x.asnumpy())
    return x


def item(x):
    return x * x.sum().item() if x.sum() > 0 else x


def number(x):
    return x * float(x[0]) if x.sum() > 0 else x


def indices(x):
    return x[x > 1]


def writes_its_argument(x):
    if x.sum() > 0:
        x[0] = 5.0
    return x


def returns_a_number(x):
    return 1.0 if x.sum() > 0 else 2.0


REFUSED = {
    "asnumpy": (bool_then_asnumpy, r"asnumpy\(\) takes data that depend"),
    "item": (item, r"item\(\) takes data that depend"),
    "float": (number, r"float\(\) takes data that depend"),
    "indices": (indices, "indexing with an array takes data that depend"),
    "argument": (writes_its_argument, "outside of the differentiated function is changed"),
    "result": (returns_a_number, "a function that returns a float can't be differentiated"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_lose_the_gradient_is_refused_at_the_line(case):
    function, message = REFUSED[case]
    for _ in range(2):
        with pytest.raises(CompileError, match=message) as caught:
            foldaway.grad(function)(X)
        assert "test_gradient_tape.py:" in str(caught.value)
    assert X.tolist() == [1.0, 2.0, 3.0]


def test_compiled_functions_refuse_writes_to_arguments():
    for function in (lambda: foldaway.grad(plain_write)(X), foldaway.jit(lambda: first(X))):
        with pytest.raises(CompileError, match="changed"):
            function()


def plain_write(x):
    x[0] = 5.0
    return x


def first(x):
    return foldaway.grad(plain_write)(x)


class Straight(nn.Cell):
    """Has a gradient that is not the one of what it computes."""

    def __init__(self):
        super().__init__()
        self.factor = 2.0

    def construct(self, x):
        return x.floor()

    def bprop(self, x, out, dout):
        return (dout * self.factor + out * 0,)


class Two(nn.Cell):
    def construct(self, x, n, y):
        return x * y + n

    def bprop(self, x, n, y, out, dout):
        return dout * y * 10, None, dout * x * 100


class Wrong(nn.Cell):
    def __init__(self, result, given):
        super().__init__()
        self.result, self.given = result, given

    def construct(self, x):
        return self.result(x)

    def bprop(self, x, out, dout):
        return self.given(dout)


BPROPS = {
    "itself": (lambda: Straight(), [2.0, 2.0, 2.0]),
    "inside": (lambda: lambda x, cell=Straight(): cell(x) * x, [3.0, 6.0, 9.0]),  # noqa: B008
    "twice": (lambda: lambda x, cell=Straight(): cell(cell(x * 3)), [12.0, 12.0, 12.0]),  # noqa: B008
    "two": (lambda: lambda x, cell=Two(): cell(x, 3, x), [110.0, 220.0, 330.0]),  # noqa: B008
}


@pytest.mark.parametrize("name", BPROPS)
def test_a_cell_may_have_a_gradient_of_its_own(name):
    make, expected = BPROPS[name]
    function = make()
    assert foldaway.grad(function)(X).tolist() == expected
    assert foldaway.jit(lambda x: foldaway.grad(function)(x))(X).tolist() == expected

    def branching(x):
        y = function(x)
        return y if y.sum() > 0 else x

    assert foldaway.grad(branching)(X).tolist() == expected


def test_without_a_gradient_bprop_is_not_called():
    assert Wrong(lambda x: x + 1, None)(X).tolist() == [2.0, 3.0, 4.0]


WRONG_BPROPS = {
    "count": (lambda x: x, lambda d: (d, d), TypeError, "bprop gives 2 gradients for 1 inputs"),
    "shape": (lambda x: x, lambda d: d[0], TypeError, "a tensor of the shape of each input"),
    "result": (lambda x: (x, x), lambda d: d, CompileError, "is called for one tensor"),
}


@pytest.mark.parametrize("name", WRONG_BPROPS)
def test_a_gradient_of_its_own_must_fit(name):
    result, given, kind, message = WRONG_BPROPS[name]
    cell = Wrong(result, given)
    for function in (foldaway.grad(cell), foldaway.jit(lambda x: foldaway.grad(cell)(x))):
        with pytest.raises(kind, match=message):
            function(X)


def test_the_gradient_that_a_bprop_gets_is_known_at_the_end():
    cell = Wrong(lambda x: x, lambda d: d if d.sum() > 0 else d * 2)
    with pytest.raises(CompileError, match=r"bool\(\) takes data of a gradient that is still"):
        foldaway.grad(cell)(X)


class Averaging(nn.Cell):
    def __init__(self):
        super().__init__()
        self.weight = Parameter(X * 1, name="weight")
        self.mean = Parameter(X * 0, name="mean", requires_grad=False)

    def construct(self, x):
        ops.assign(self.mean, self.mean * 0.5 + x)
        if x.sum() > 0:
            ops.assign(self.weight, self.weight * 2)
        return x * self.weight + self.mean + self.mean.sum()


@pytest.mark.parametrize("way", ["compiled", "taped"])
def test_parameters_that_are_assigned_change_once_a_call(way):
    net, twin = Averaging(), Averaging()
    function = net if way == "taped" else jit_of(net)
    step = foldaway.grad(function)
    for count in (1, 2, 3):
        gradient = step(X)
        expected = twin.construct(X)
        assert net.mean.tolist() == twin.mean.tolist()
        assert net.weight.tolist() == twin.weight.tolist()
        assert gradient.tolist() == (twin.weight + 1 + 3).tolist()
        assert expected.shape == (3,)
        assert net.weight.tolist() == (X * 2**count).tolist()


def jit_of(net):
    def unbranched(x):
        ops.assign(net.mean, net.mean * 0.5 + x)
        ops.assign(net.weight, net.weight * 2)
        return x * net.weight + net.mean + net.mean.sum()

    return unbranched


def test_what_is_assigned_may_depend_on_a_weight():
    net = Averaging()
    (of_weight,) = mindspore_grad(net, None, [net.weight])(X)
    assert of_weight.tolist() == [2.0, 4.0, 6.0]
    assert net.weight.tolist() == [2.0, 4.0, 6.0]


def test_the_framework_may_have_effects_meanwhile():
    drawn = []

    def draws(x):
        drawn.append(initializer("normal", (3,), foldaway.float64))
        foldaway.set_context(max_call_depth=500)
        return x * drawn[-1]

    for _ in range(2):
        gradient = foldaway.grad(draws)(X)
        assert gradient.tolist() == drawn[-1].tolist()
    assert drawn[0].tolist() != drawn[1].tolist()
    assert foldaway.get_context("max_call_depth") == 500
    foldaway.context.reset_context()
