"""Tensors stay on the device, and come to the host when a value is read; on the simulated one."""

import copy
import pickle

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Parameter, Tensor, context, jit, nn, ops, set_context
from foldaway.drivers import driver_of


class Copies:
    """How often elements went between host and device."""

    def __init__(self, device, monkeypatch):
        self.into = self.out = 0
        into, out = device.copy_in, device.copy_out

        def copy_in(*arguments):
            self.into += 1
            into(*arguments)

        def copy_out(*arguments):
            self.out += 1
            out(*arguments)

        monkeypatch.setattr(device, "copy_in", copy_in)
        monkeypatch.setattr(device, "copy_out", copy_out)


@pytest.fixture
def copies(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_GPU", "sim")
    set_context(device_target="GPU")
    yield Copies(driver_of("GPU").device, monkeypatch)
    context.reset_context()


X = np.arange(6, dtype=np.float32)


def test_calls_in_a_row_copy_nothing(copies):
    step = jit(lambda x: x * 2 + 1)
    x = Tensor(X)
    for _ in range(5):
        x = step(x)
    assert (copies.into, copies.out) == (1, 0)
    assert x.tolist() == (32 * X + 31).tolist()
    assert x.item(0) == 31
    assert copies.out == 1


def test_a_step_of_training_keeps_weights_on_the_device(copies):
    weight, x = Parameter(Tensor(np.ones((3, 2), np.float32)), "weight"), Tensor(X.reshape(2, 3))

    def loss(x, w):
        return ((x @ w) ** 2).mean()

    gradient = foldaway.grad(loss, 1)

    @jit
    def step(x):
        weight.set_data(weight - gradient(x, weight) * 0.01)

    for _ in range(4):
        step(x)
    assert copies.out == 0
    assert copies.into <= 3
    wanted, rows = np.ones((3, 2)), X.reshape(2, 3).astype(float)
    for _ in range(4):
        wanted = wanted - 0.01 * rows.T @ (2 * (rows @ wanted)) / 4
    np.testing.assert_allclose(weight.asnumpy(), wanted, 1e-5)


def test_a_cell_copies_its_weights_once(copies):
    net = nn.SequentialCell(nn.Dense(6, 8), nn.GELU(), nn.Dense(8, 2))
    forward = jit(lambda x: net(x))
    x = Tensor(X.reshape(1, 6))
    first = forward(x).asnumpy()
    before = copies.into
    for _ in range(3):
        np.testing.assert_array_equal(forward(x).asnumpy(), first)
    assert copies.into == before


def test_what_python_sees_is_what_it_would_be(copies):
    y = jit(lambda x: x + 1)(Tensor(X))
    assert (y.shape, y.dtype, len(y), y.nbytes) == ((6,), foldaway.float32, 6, 24)
    assert copies.out == 0
    assert (y + 1).tolist() == (X + 2).tolist()
    assert (y[1:3] == Tensor(X[2:4])).all()
    assert np.asarray(y).tolist() == (X + 1).tolist()
    assert copy.deepcopy(y).tolist() == pickle.loads(pickle.dumps(y)).tolist() == (X + 1).tolist()
    assert bool(y.sum() == 21)


def test_writes_are_seen_by_the_device(copies):
    double = jit(lambda x: x * 2)
    y = double(Tensor(X))
    kept = double(y)
    y[0] = 5
    assert double(y).tolist()[0] == 10
    y.asnumpy()[1] = 7
    assert double(y).tolist()[1] == 14
    assert kept.tolist() == (4 * X).tolist()


def test_forms_are_kept_for_each_machine(copies):
    double = jit(lambda x: x * 2)
    on_gpu = double(Tensor(X))
    set_context(device_target="CPU")
    on_cpu = double(Tensor(X))
    assert (on_gpu.is_on_device, on_cpu.is_on_device) == (True, False)
    assert double(on_gpu).tolist() == (4 * X).tolist()
    set_context(device_target="GPU")
    assert double(on_cpu).is_on_device
    assert len(double.specializations) == 2


def test_python_that_branches_on_a_result(copies):
    double = jit(lambda x: x * 2)

    def halve_until(x, limit):
        count = 0
        while x.sum() < limit:
            x, count = double(x), count + 1
        return x, count

    x, count = halve_until(Tensor(X), 100)
    assert (count, x.tolist()) == (3, (8 * X).tolist())


def test_an_error_of_the_program_is_raised_at_its_line(copies):
    @jit
    def check(x):
        if x.sum() > 10:
            raise ValueError("too much")
        return x * 2

    assert check(Tensor(X * 0)).tolist() == [0] * 6
    with pytest.raises(ValueError, match="too much"):
        check(Tensor(X))


def test_lax_functions_compute_on_the_device(copies):
    @jit(fullgraph=False)
    def noted(x):
        y = ops.exp(x)
        print(type(y).__name__)
        return y + 1

    np.testing.assert_allclose(noted(Tensor(X)).asnumpy(), np.exp(X) + 1, 1e-6)


def test_a_gpu_that_isnt_there(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_GPU", "77")
    set_context(device_target="GPU")
    try:
        with pytest.raises(CompileError, match="no GPU for device_target 'GPU'"):
            jit(lambda x: x + 1)(Tensor(X))
    finally:
        context.reset_context()
