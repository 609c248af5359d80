"""Calls that machine code answers give what calls through Python give, and count as much."""

import copy
import functools
import inspect
import pickle
import types
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foldaway.native_calls
from foldaway import Tensor, context, jit, nn, ops
from foldaway.jit import Jitted
from foldaway.native_calls import forms_of
from foldaway.runtime.parameter import Parameter

MODES = pytest.mark.parametrize("fullgraph", [True, False], ids=["STRICT", "LAX"])
SCALE = 2.0
BOX = {"n": 1}


class Config:
    rate = 3.0


CONFIG = Config()


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr("foldaway.native_calls.SOME_CALLS", 3)


def native(function, *arguments):
    """Return the function when machine code answers such calls."""
    for _ in range(8):
        function(*arguments)
    assert answers(function, *arguments), "machine code does not answer"
    return function


def natively(function):
    return sum(one.report.native_calls.value for one in function.specializations)


def answers(function, *arguments):
    before = natively(function)
    function(*arguments)
    return natively(function) == before + 1


def same(found, expected):
    assert type(found) is type(expected)
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    assert found.asnumpy().tobytes() == expected.asnumpy().tobytes()


def test_it_answers_and_counts():
    f = jit(lambda x, y: ops.relu(x * 2 + y))
    x, y = Tensor([1.0, -2.0, 3.0]), Tensor([1.0, 1.0, 1.0])
    native(f, x, y)
    before = f.specializations[0].report.calls
    for _ in range(10):
        same(f(x, y), Tensor([3.0, 0.0, 7.0]))
    assert f.specializations[0].report.calls == before + 10
    assert f.report().ops_compiled == (before + 10) * f.specializations[0].report.graph_ops


def test_a_result_is_as_any_tensor():
    f = native(jit(lambda x: x + 1), Tensor([1.0]))
    one, other = f(Tensor([1.0])), f(Tensor([1.0]))
    one[0] = 7.0
    assert other.asnumpy() == 2
    array = one.asnumpy()
    array[0] = 9
    assert one.asnumpy() == 9
    assert array.flags.owndata
    assert array.flags.writeable
    assert array.base is None
    assert not one.is_symbolic
    assert pickle.loads(pickle.dumps(other)).asnumpy() == 2
    reference = weakref.ref(other)
    del other
    assert reference() is None


ARRAYS = [
    np.float32([1, 2]),
    np.float32([[1, 2], [3, 4]]),
    np.float32([[1, 2], [3, 4]]).T,
    np.float32([1, 2, 3, 4])[::2],
    np.float64([1, 2]),
    np.int64([1, 2]),
    np.zeros((0, 2), np.float32),
    np.float32(3),
    np.array([1, 2], ">f4"),
]
OTHERS = [
    *(Tensor(a) for a in ARRAYS[:4]),
    *ARRAYS,
    Parameter(Tensor(np.float32([1, 2])), "p"),
    *(Tensor(np.int32([1, 2])), Tensor(np.float16([1, 2])), 3, 3.5, True, 2**70),
    *(None, "text", [1.0, 2.0], (), np.ma.masked_array([1.0]), object()),
]


def outcome(function, *args, **kwargs):
    try:
        return function(*args, **kwargs)
    except Exception as error:
        return error


@MODES
@given(st.lists(st.sampled_from(range(len(OTHERS))), min_size=1, max_size=12), st.booleans())
@settings(max_examples=40, deadline=None)
def test_other_arguments(fullgraph, chosen, first):
    x = Tensor(np.float32([1, 2]))
    f = native(jit(_double, fullgraph=fullgraph), x)
    expected = jit(_double, fullgraph=fullgraph)
    for index in chosen:
        value = OTHERS[index]
        found, wanted = outcome(f, value), outcome(expected, value)
        assert type(found) is type(wanted)
        if isinstance(found, Tensor):
            same(found, wanted)
        elif isinstance(found, Exception):
            assert str(found) == str(wanted)
        same(f(x), Tensor(np.float32([3, 5])))


def _double(x):
    return x * 2 + 1


def test_wrong_calls():
    f = native(jit(lambda x, y=1.0: x + y), Tensor([1.0]), 2.0)
    assert f(Tensor([1.0])).asnumpy() == 2
    assert f(x=Tensor([1.0]), y=5.0).asnumpy() == 6
    assert f(*[Tensor([1.0]), 4.0]).asnumpy() == 5
    assert f(*[Tensor([1.0])], **{"y": 4.0}).asnumpy() == 5
    for wrong in ((), (1, 2, 3), tuple(range(2000))):
        with pytest.raises(TypeError, match="positional"):
            f(*wrong)
    with pytest.raises(TypeError):
        f(Tensor([1.0]), z=1)


def test_numbers_are_inputs():
    f = native(jit(lambda x, n: x + n), Tensor(np.float64([1.0])), 2.5)
    for value in (0.0, -0.0, float("inf"), 1e300, -7.25):
        assert f(Tensor(np.float64([1.0])), value).asnumpy() == 1.0 + value
        assert answers(f, Tensor(np.float64([1.0])), value)
    g = native(jit(lambda x, n: x + n), Tensor(np.int64([1])), 2)
    for value in (0, -1, 2**62, -(2**62)):
        assert g(Tensor(np.int64([1])), value).asnumpy() == 1 + value
        assert answers(g, Tensor(np.int64([1])), value)
    assert outcome(g, Tensor(np.int64([1])), True).asnumpy() == 2


NUMBERS = [0.0, -0.0, 0.1, 1e-46, 1e30, 3.4028235677973366e38, 1e300, float("inf"), float("nan")]
INTS = [0, -1, 2**24 + 1, 2**53 + 1, 2**62 + 2**8 + 1, 2**31 - 1, -(2**31), 2**31, 2**70]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, np.int32, np.int64, np.int8])
@pytest.mark.parametrize("numbers", [NUMBERS, INTS], ids=["float", "int"])
def test_numbers_of_other_dtypes(dtype, numbers):
    x = Tensor(np.array([1, 3], dtype))
    f = jit(lambda x, n: x + n)
    for _ in range(8):
        f(x, numbers[0])
    for value in numbers:
        with np.errstate(all="ignore"):
            found, expected = outcome(f, x, value), outcome(lambda x, n: x + n, x, value)
        assert type(found) is type(expected)
        if isinstance(found, Tensor):
            same(found, expected)
    if dtype in (np.float32, np.float64):
        assert answers(f, x, numbers[1])


def test_results_in_a_tuple():
    f = native(jit(lambda x, y: (x + y, x * y, (x < y).all())), Tensor([1.0]), Tensor([3.0]))
    for _ in range(5):
        made = f(Tensor([1.0]), Tensor([3.0]))
        assert type(made) is tuple
        assert [one.tolist() for one in made] == [[4.0], [3.0], True]
    g = native(jit(lambda x: (x + 1, x - 1)), Tensor([1.0]))
    assert [one.tolist() for one in g(Tensor([1.0]))] == [[2.0], [0.0]]
    h = jit(lambda x: ((x + 1, x - 1), [x * 2]))
    for _ in range(9):
        (one, other), (third,) = h(Tensor([1.0]))
        assert (one.tolist(), other.tolist(), third.tolist()) == ([2.0], [0.0], [2.0])


def test_arrays_are_inputs():
    f = native(jit(lambda x, a: x + a), Tensor([1.0, 2.0]), np.float32([1, 2]))
    x = Tensor([1.0, 2.0])
    assert f(x, np.float32([5, 6])).asnumpy().tolist() == [6, 8]
    assert f(x, np.float32([5, 0, 6, 0])[::2]).asnumpy().tolist() == [6, 8]
    locked = np.float32([5, 6])
    locked.flags.writeable = False
    assert f(x, locked).asnumpy().tolist() == [6, 8]
    assert f(x, np.array([5, 6], ">f4")).asnumpy().tolist() == [6, 8]
    raw = np.zeros(9, np.uint8)[1:].view(np.float32)
    assert not raw.flags.aligned
    assert f(x, raw).asnumpy().tolist() == [1, 2]


@MODES
def test_what_it_reads_changes(fullgraph, monkeypatch):
    kept = 4.0

    def f(x, y):
        return ops.relu(x * SCALE + CONFIG.rate + kept + BOX["n"] + y) + len((x, y))

    x = Tensor([1.0])
    compiled = native(jit(f, fullgraph=fullgraph), x, 2)
    changes = (
        lambda: monkeypatch.setitem(globals(), "SCALE", 5.0),
        lambda: monkeypatch.setattr(CONFIG, "rate", 7.0),
        lambda: monkeypatch.setitem(BOX, "n", 8),
        lambda: monkeypatch.setitem(globals(), "len", lambda value: 100),
        lambda: monkeypatch.delitem(globals(), "len"),
        lambda: monkeypatch.setattr(ops, "relu", ops.neg),
        lambda: monkeypatch.setitem(globals(), "ops", types.SimpleNamespace(relu=ops.abs)),
        lambda: monkeypatch.setitem(globals(), "unrelated", 1),
    )
    for change in changes:
        change()
        for _ in range(6):
            assert compiled(x, 2).asnumpy() == f(x, 2).asnumpy()
        assert answers(compiled, x, 2)
    kept = 9.0
    assert compiled(x, 2).asnumpy() == f(x, 2).asnumpy()
    monkeypatch.delitem(globals(), "SCALE")
    for _ in range(3):
        with pytest.raises(NameError):
            compiled(x, 2)


def test_a_dict_that_changes_all_the_time(monkeypatch):
    f = native(jit(lambda x: x * SCALE), Tensor([1.0]))
    for n in range(20):
        monkeypatch.setitem(globals(), "unrelated", n)
        assert answers(f, Tensor([1.0]))
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert f(Tensor([1.0])).asnumpy() == 3
    monkeypatch.setitem(globals(), "SCALE", 2.0)
    for _ in range(3):
        assert f(Tensor([1.0])).asnumpy() == 2


def test_settings_count(monkeypatch):
    f = native(jit(lambda x: x + 1), Tensor([1.0]))
    monkeypatch.setenv("MS_DEV_JIT_SYNTAX_LEVEL", "nonsense")
    with pytest.raises(ValueError, match="jit_syntax_level"):
        f(Tensor([1.0]))
    monkeypatch.delenv("MS_DEV_JIT_SYNTAX_LEVEL")
    assert f(Tensor([1.0])).asnumpy() == 2
    context.set_context(device_target="Ascend")
    try:
        with pytest.raises(RuntimeError):
            f(Tensor([1.0]))
    finally:
        context.reset_context()
    assert f(Tensor([1.0])).asnumpy() == 2
    config = {"jit_syntax_level": "STRICT"}
    g = native(jit(lambda x: x + 1, jit_config=config), Tensor([1.0]))
    config["jit_syntax_level"] = "NONE"
    with pytest.raises(ValueError, match="jit_syntax_level"):
        g(Tensor([1.0]))


def test_another_body():
    def f(x):
        return x + 1

    compiled = native(jit(f), Tensor([1.0]))
    f.__code__ = (lambda x: x + 2).__code__
    for _ in range(9):
        assert compiled(Tensor([1.0])).asnumpy() == 3
    assert answers(compiled, Tensor([1.0]))


def test_several_forms():
    f = jit(lambda x: x * 2)
    values = [Tensor(np.ones(n, np.float32)) for n in range(1, 7)]
    for _ in range(60):
        for value in values:
            same(f(value), value * 2)
    assert 1 <= len(forms_of(f)) <= 4
    for value in values[:3]:
        for _ in range(20):
            f(value)
        assert answers(f, value)


def test_errors_are_raised_by_python():
    f = native(jit(lambda x, n: x[n] * 1), Tensor([1.0, 2.0]), 1)
    with pytest.raises(IndexError) as caught:
        f(Tensor([1.0, 2.0]), 5)
    assert caught.traceback[-1].path.name == "test_native_calls.py"
    assert f(Tensor([1.0, 2.0]), 0).asnumpy() == 1


def test_an_exception_of_a_property_goes_on():
    class Stops(BaseException):
        pass

    class Box:
        stops = False

        @property
        def n(self):
            if self.stops:
                raise Stops
            return 2.0

    box = Box()
    f = native(jit(lambda x, box: x * box.n), Tensor([1.0]), box)
    box.stops = True
    with pytest.raises(Stops):
        f(Tensor([1.0]), box)
    box.stops = False
    assert f(Tensor([1.0]), box).asnumpy() == 2


def test_a_retreat():
    f = jit(lambda x, n: x * (n * n))
    for _ in range(8):
        f(Tensor([1.0]), 3)
    big = 2**40
    for _ in range(3):
        assert f(Tensor([1.0]), big).asnumpy() == np.float32(2.0**80)
        assert f(Tensor([1.0]), 3).asnumpy() == 9


def test_inside_of_another():
    inner = native(jit(lambda x: x + SCALE), Tensor([1.0]))
    before = natively(inner)
    outer = native(jit(lambda x: inner(x) * 3), Tensor([1.0]))
    assert outer(Tensor([1.0])).asnumpy() == 9
    assert natively(inner) == before


def test_a_lazy_tensor():
    f = native(jit(lambda x: x + 1), Tensor([1.0]))
    made = jit(lambda x: f(x * 2) + float(str(x.asnumpy()[0])), fullgraph=False)
    for _ in range(5):
        assert made(Tensor([1.0])).asnumpy() == 4


def test_cells_and_methods():
    net = nn.Dense(3, 2)
    x = Tensor(np.ones((1, 3), np.float32))
    expected = x.asnumpy() @ net.weight.asnumpy().T + net.bias.asnumpy()
    form = type(net).construct
    for _ in range(9):
        assert np.allclose(net(x).asnumpy(), expected)
    (one,) = [s for s in vars(form)["__foldaway_compiled__"].specializations if s.key[1] == x.spec]
    before = one.report.native_calls.value
    net(x)
    assert one.report.native_calls.value == before + 1
    net.weight.set_data(Tensor(np.zeros((2, 3), np.float32)))
    assert np.allclose(net(x).asnumpy(), net.bias.asnumpy())
    net.has_bias = False
    assert np.allclose(net(x).asnumpy(), 0)

    class Owner:
        def __init__(self, n):
            self.n = n

        @jit
        def scaled(self, x):
            return x * self.n

    owner, other = Owner(2.0), Owner(3.0)
    y = Tensor([1.0])
    native(Owner.scaled, owner, y)
    assert owner.scaled(y).asnumpy() == 2
    assert other.scaled(y).asnumpy() == 3
    assert type(owner.scaled) is types.MethodType
    assert Owner.scaled is vars(Owner)["scaled"]
    owner.scaled = 5
    assert owner.scaled == 5


def test_it_looks_as_before():
    def f(x, y=2):
        "Doc."
        return x * y

    compiled = native(jit(f), Tensor([1.0]), 2)
    assert compiled.__name__ == "f"
    assert compiled.__doc__ == "Doc."
    assert compiled.__wrapped__ is f
    assert inspect.signature(compiled) == inspect.signature(f)
    assert inspect.unwrap(compiled) is f
    assert callable(compiled)
    assert repr(compiled).startswith("<compiled <function")
    wrapped = functools.wraps(compiled)(lambda *a: compiled(*a))
    assert wrapped(Tensor([1.0]), 3).asnumpy() == 3
    compiled.mark = 1
    assert compiled.mark == 1
    again = copy.copy(compiled)
    assert again(Tensor([2.0]), 2).asnumpy() == 4
    assert compiled.__call__(Tensor([2.0]), 2).asnumpy() == 4
    assert Jitted.__call__(compiled, Tensor([2.0]), 2).asnumpy() == 4
    assert functools.partial(compiled, Tensor([2.0]))(3).asnumpy() == 6


def test_python_goes_on_where_machine_code_cant(monkeypatch):
    monkeypatch.setattr("foldaway.backends.cpu.native_entry.entry_address", lambda: None)
    f = jit(lambda x: x + 1)
    for _ in range(8):
        assert f(Tensor([1.0])).asnumpy() == 2
    assert not natively(f)
    assert not foldaway.native_calls.forms_of(f)


def test_deep_recursion_ends():
    box = []

    class Deep:
        @property
        def n(self):
            return box[0](Tensor([1.0]), self) if box[1:] else 2.0

    f = jit(lambda x, deep: x * deep.n)
    box.append(native(f, Tensor([1.0]), Deep()))
    box.append(True)
    with pytest.raises(RuntimeError, match=r"recursion|deeper"):
        f(Tensor([1.0]), Deep())
