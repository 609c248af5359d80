"""Tensors while a function is being compiled: they record what eager ones compute."""

import copy
import pickle

import numpy as np
import pytest
from xdsl.ir import Block

from foldaway import Parameter, Tensor, float32, int8, nn, ops
from foldaway import numpy as mnp
from foldaway.dialects.build import IRBuilder
from foldaway.dialects.dtypes import tensor_type
from foldaway.runtime.constants import KnownConstants, evaluate
from foldaway.runtime.dispatch import from_value
from foldaway.runtime.tracing import ValueNeeded, current_tracer, tracing


class Recorder(KnownConstants):
    """The simplest tracer: what existed before becomes an argument of one block."""

    def __init__(self):
        self.block = Block()
        self.builder = IRBuilder(self.block)
        self.lifted: dict[int, Tensor] = {}
        self.written: list[object] = []

    def before_identity(self, tensor):
        pass

    def before_truth(self):
        pass

    def lift(self, tensor):
        if id(tensor) not in self.lifted:
            value = self.block.insert_arg(tensor_type(tensor.spec), len(self.block.args))
            self.lifted[id(tensor)] = Tensor.symbolic(self, value, tensor)
        return self.lifted[id(tensor)].graph_value(self)

    def refuse(self, tensor, wanted):
        return ValueNeeded(wanted)

    def memory_of(self, tensor):
        return None

    def refuse_write(self, tensor):
        raise ValueNeeded("a write")

    def before_write(self, tensor, operation):
        self.written.append(tensor.snapshot())

    def ops(self) -> list[str]:
        return [op.name.removeprefix("graph.") for op in self.block.ops]


@pytest.fixture
def tracer():
    recorder = Recorder()
    with tracing(recorder):
        yield recorder
    for op in recorder.block.ops:
        op.verify()


def written(x: Tensor, key, value) -> Tensor:
    x = x.copy()
    x[key] = value
    return x


COMPUTATIONS = [
    lambda x, n: x + 1,
    lambda x, n: 2 / (x + 5),
    lambda x, n: n // 2 + n % 3 - n**2,
    lambda x, n: (x > 0) & (n < 3) | ~(x == 1),
    lambda x, n: x @ x.T,
    lambda x, n: (x.astype("int8"), x.astype(bool), n.astype("bfloat16")),
    lambda x, n: (x[::-1, 1], x[..., None], x[0][-1], n[1:, ::2], n[5:]),
    lambda x, n: (x.sum(0), x.mean(), n.mean(1), x.var(ddof=1), x.std(0), n.prod()),
    lambda x, n: (x.max(1), x.argmax(), x.argmin(0, keepdims=True), (x > 0).any(), x.all(1)),
    lambda x, n: (x.reshape(-1), x.T, x.flatten("F"), x.expand_dims(0).squeeze(), x.swapaxes(0, 1)),
    lambda x, n: (x.clip(-1, 1), n.clip(1), x.broadcast_to(2, 2, 3)),
    lambda x, n: written(x, (0, slice(None, None, -1)), Tensor([7, 8, 9])),
    lambda x, n: written(n, (slice(None), 1), 2.5),
    lambda x, n: (ops.softmax(x), ops.log_softmax(x, 0), ops.gelu(x), ops.gelu(x, "tanh")),
    lambda x, n: (ops.sigmoid(n), ops.silu(x), ops.elu(x), ops.softplus(x), ops.leaky_relu(x)),
    lambda x, n: (
        ops.concat([x, n], 1),
        ops.stack([n, n], 1),
        ops.tile(x, (2, 1)),
        ops.chunk(x, 2),
    ),
    lambda x, n: (ops.split(x, 2, 1), ops.where(x > 0, x, 0), ops.arange(5), ops.eye(3)),
    lambda x, n: (mnp.average(x, 0, weights=Tensor([1.0, 3.0])), mnp.dot(x, n.T), mnp.outer(x, n)),
    lambda x, n: (mnp.linspace(0, 1, 5), mnp.full((2,), 3), mnp.flip(x, 0), mnp.tensordot(x, x)),
    lambda x, n: (np.exp(x), np.add(x, n), np.concatenate([x, x]), np.mean(n, axis=0)),
    lambda x, n: nn.LayerNorm((3,)).construct(x),
    lambda x, n: Tensor([x, n]),
    lambda x, n: x + np.array([1.0, 2.0, 3.0]),
    lambda x, n: ops.abs(-x) + ops.sign(x) + ops.round(x) + ops.erf(x) + ops.cos(x),
]


def arrays(result) -> list[np.ndarray]:
    return [np.asarray(t.asnumpy()) for t in (result if isinstance(result, tuple) else (result,))]


def flat(result):
    if not isinstance(result, tuple):
        return (result,)
    return tuple(t for part in result for t in flat(part))


X, N = [[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("compute", COMPUTATIONS)
def test_constants_give_what_eager_tensors_give(compute, tracer):
    symbolic = flat(compute(Tensor(X), Tensor(N)))
    with tracing(None):
        eager = flat(compute(Tensor(X), Tensor(N)))
    for ours, theirs in zip(symbolic, eager, strict=True):
        assert ours.is_symbolic
        assert ours.spec == theirs.spec
        with tracing(None):
            expected = theirs.asnumpy()
        np.testing.assert_array_equal(ours.asnumpy(), expected)


@pytest.mark.parametrize("compute", COMPUTATIONS)
def test_tensors_from_outside_become_arguments(compute, tracer):
    with tracing(None):
        x, n = Tensor(X), Tensor(N)
        eager = flat(compute(x, n))
    symbolic = flat(compute(x, n))
    assert len(tracer.block.args) <= 3
    assert [t.spec for t in symbolic] == [t.spec for t in eager]


DATA = {
    "bool()": lambda x: bool(x.sum()),
    "int()": lambda x: int(x.sum()),
    "float()": lambda x: float(x.sum()),
    "index()": lambda x: [1, 2][x.argmax()],
    "asnumpy()": lambda x: x.asnumpy(),
    "numpy()": lambda x: x.numpy(),
    "item()": lambda x: x.sum().item(),
    "tolist()": lambda x: x.tolist(),
    "str()": lambda x: f"{x}",
    "repr()": lambda x: repr(x),
    "numpy.asarray()": lambda x: np.asarray(x),
    "numpy.sort": lambda x: np.sort(x),
    "numpy.cbrt": lambda x: np.cbrt(x),
    "pickling": lambda x: pickle.dumps(x),
    "__dlpack__()": lambda x: x.__dlpack__(),
    "indexing with an array": lambda x: x[x > 0],
    "assignment to elements": lambda x: (x + 0).__setitem__([0, 1], 1),
}


@pytest.mark.parametrize("wanted", DATA)
@pytest.mark.parametrize("known", [False, True])
def test_asking_for_data_that_exist_only_at_run_time(wanted, known, tracer):
    with tracing(None):
        outside = Tensor([1.0, -2.0])
    x = Tensor([1.0, -2.0]) if known else outside + 0
    if known:
        DATA[wanted](x)
    else:
        with pytest.raises(ValueNeeded) as raised:
            DATA[wanted](x)
        assert raised.value.args == (wanted,)


def test_the_data_of_a_tensor_from_outside_may_be_others_at_run_time(tracer):
    with tracing(None):
        outside = Tensor([1.0])
    with pytest.raises(ValueNeeded):
        outside.asnumpy()


def test_shape_and_dtype_need_no_data(tracer):
    with tracing(None):
        outside = Tensor([[1.0, -2.0]])
    x = outside * 2
    assert (x.shape, x.dtype, x.ndim, x.size, len(x), x.nbytes) == ((1, 2), float32, 2, 2, 1, 8)
    assert [row.shape for row in x] == [(2,)]
    with pytest.raises(ValueError, match="2 elements"):
        bool(x)
    with pytest.raises(IndexError):
        x[1]


def test_what_python_writes_to_a_constants_array_is_seen(tracer):
    x = Tensor([1, 2, 3])
    y = x * 1
    array = x.asnumpy()
    array[0] = 10
    z = x + 0
    array[1] = 20
    x[2] = 30
    assert array.tolist() == [10, 20, 30]
    assert (y.tolist(), z.tolist(), x.tolist()) == ([1, 2, 3], [10, 2, 3], [10, 20, 30])
    assert (x + 0).tolist() == [10, 20, 30]
    with tracing(None):
        outside = Tensor([7])
    with pytest.raises(ValueNeeded):
        x[:1] = outside


def test_an_array_that_nobody_wrote_to_adds_nothing(tracer):
    x = Tensor([1, 2, 3])
    x.asnumpy()
    x + x
    assert tracer.ops() == ["constant", "add"]


def test_writes_change_the_tensor_and_are_told_first(tracer):
    with tracing(None):
        outside = Tensor([1, 2, 3])
    x = outside + 0
    before, snapshot = x.graph_value(tracer), x.snapshot()
    x[0] = 5
    assert tracer.written == [snapshot]
    assert x.graph_value(tracer) is not before
    x.restore(snapshot)
    assert x.graph_value(tracer) is before


def test_restore_undoes_what_python_wrote(tracer):
    x = Tensor([1, 2, 3])
    array = x.asnumpy()
    snapshot = x.snapshot()
    x[0] = 5
    x + 0
    x.restore(snapshot)
    assert (x.tolist(), array.tolist()) == ([1, 2, 3], [1, 2, 3])


@pytest.mark.parametrize(
    "change", [lambda x: x.__setitem__(0, 1), lambda x: x.set_data([1.0, 2.0])]
)
def test_writes_to_what_existed_before_are_told(change, tracer):
    with tracing(None):
        outside = Parameter([1.0, 2.0], name="w")
    tracer.lift(outside)
    inside = tracer.lifted[id(outside)]
    assert (type(inside), inside.name) == (Parameter, "w")
    with pytest.raises(ValueNeeded, match="a write"):
        change(outside)
    snapshot = inside.snapshot()
    change(inside)
    assert tracer.written == [snapshot]


def test_a_copy_of_what_existed_before_is_born_here(tracer):
    with tracing(None):
        outside = Tensor([1.0, 2.0])
    for made in (copy.copy(outside), copy.deepcopy(outside), Tensor(outside), outside.reshape(2)):
        made[0] = 5
        assert made.is_symbolic


def test_a_tensor_that_outlived_its_compilation(tracer):
    x = Tensor([1, 2])
    with tracing(None):
        for use in (lambda: x + 1, x.asnumpy, lambda: str(x), lambda: x.__setitem__(0, 1)):
            with pytest.raises(RuntimeError, match="outlived"):
                use()
        assert "known when the compiled function runs" in repr(x)
        assert x.shape == (2,)
    with tracing(Recorder()), pytest.raises(RuntimeError, match="outlived"):
        x + 1


def test_the_constructor_makes_constants(tracer):
    made = [
        Tensor([1, 2], int8),
        Tensor(shape=(2,), dtype=int8, init=3),
        Tensor.from_numpy(np.ones(2)),
    ]
    assert tracer.ops() == ["constant"] * 3
    assert [t.tolist() for t in made] == [[1, 2], [3, 3], [1, 1]]


def test_printing_is_recorded(tracer):
    with tracing(None):
        outside = Tensor([1])
    ops.print_("a", outside, 3)
    assert tracer.ops() == ["print"]


def test_evaluate_is_linear_and_needs_no_stack(tracer):
    x = Tensor([1.0])
    for _ in range(2000):
        x = x * 0.5 + x * 0.5
    assert evaluate(x.graph_value(tracer)).tolist() == [1]


def test_evaluate_gives_none_for_what_is_not_constant(tracer):
    block = Block(arg_types=[tensor_type(Tensor([1.0]).spec)])
    argument = from_value(tracer, block.args[0])
    assert evaluate(argument.graph_value(tracer)) is None
    assert evaluate((argument + 1).graph_value(tracer)) is None
    assert evaluate((argument * 0 + Tensor([1.0])).graph_value(tracer)) is None


def test_tracing_is_for_this_thread_only():
    import threading

    found = []
    with tracing(Recorder()):
        thread = threading.Thread(target=lambda: found.append(current_tracer()))
        thread.start()
        thread.join()
    assert found == [None]
