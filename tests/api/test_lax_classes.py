"""Cells, enumerations and other classes in functions that LAX compiles."""

import enum
import subprocess
import sys
import time

import numpy as np
import pytest

import foldaway
from foldaway import Parameter, Tensor, nn
from foldaway.testing import assert_fully_compiled

from .lax_programs import X, lax

pytestmark = pytest.mark.usefixtures("default_settings")


class Counter(nn.Cell):
    """A Cell that changes its state, in Python and in a Parameter."""

    def __init__(self):
        super().__init__()
        self.calls = 0
        self.total = Parameter(Tensor(np.zeros(3, np.float32)), name="total")

    def construct(self, x):
        self.calls += int(time.time() > 0)
        before = self.total * 1
        self.total.set_data(self.total + x * self.calls)
        self.total[0] = before[1]
        return before, self.total + 0


def test_a_cell_changes_its_state():
    compiled, plain = Counter(), Counter()
    for _ in range(3):
        found, expected = compiled(Tensor(X)), plain.construct(Tensor(X))
        for a, b in zip(found, expected, strict=True):
            assert a.asnumpy().tolist() == b.asnumpy().tolist()
    assert compiled.calls == plain.calls == 3
    assert compiled.total.asnumpy().tolist() == plain.total.asnumpy().tolist() == [6.0, 12.0, 18.0]


def test_gradients_in_a_function_that_runs_lazily():
    @lax
    def f(x):
        y = x * int(time.time() > 0) + 1
        return foldaway.grad(lambda v: (v * v).sum())(y) * 1

    assert f(Tensor(X)).asnumpy().tolist() == [4, 6, 8]


FIRST_OF_A_PROCESS = """
import sys

import foldaway.mindspore as ms
import numpy as np
from foldaway.mindspore import Tensor

class Finder:
    @staticmethod
    def find_spec(name, path, target=None):
        return None

sys.meta_path.insert(0, Finder)

@ms.jit
def f():
    assert np.char.upper("a") == "A"
    x = Tensor([1, 2, 3])
    if sum((Tensor(1), 2, Tensor([3]))) > 5:
        return sum(x)
    return x

assert int(f()) == 6
print(f.lazy_runs, f.report().ops_python)
"""


def test_the_first_function_of_a_process_is_compiled(tmp_path):
    """What the compiler imports when it first needs it isn't taken for the user's code."""
    script = tmp_path / "first.py"
    script.write_text(FIRST_OF_A_PROCESS)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("0 0\n", 0)


class Label:
    kind = "a"


class OwnError(ValueError):
    def __init__(self, text, code=0):
        super().__init__(text)
        self.code = code


class Color(enum.Enum):
    RED = 1
    BLUE = 2

    @classmethod
    def _missing_(cls, value):
        return cls.RED


class Items(list):
    pass


OUTSIDE = Items([1, 2])


def made_label(x):
    label = Label()
    label.kind += "b"
    label.x = x
    return label.kind, label.x, type(label) is Label


def caught(x):
    try:
        raise OwnError("own", len(x))
    except OwnError as error:
        return error.args, error.code, x


class Filled(list):
    def append(self, value):
        super().append(value)
        super().append(value)


def filled(x):
    items = Filled([0])
    items.append(x)
    return len(items), items[2] + 1


def member(x):
    return Color(2).name, x * Color(1).value, Color(2) is Color.BLUE


def counted(x):
    return OUTSIDE.count(1), x * len(OUTSIDE.copy())


@pytest.mark.parametrize("function", [made_label, caught, filled, member, counted])
def test_classes_that_python_itself_makes_are_compiled(function):
    f = lax(function)
    for _ in range(2):
        assert str(f(Tensor(X))) == str(function(Tensor(X)))
    assert f.lazy_runs == 0


def test_what_is_read_of_a_list_of_an_own_class_is_guarded():
    f = lax(counted)
    assert f(Tensor(X))[1].tolist() == [2.0, 4.0, 6.0]
    OUTSIDE.append(1)
    try:
        assert f(Tensor(X))[0] == 2
        assert f(Tensor(X))[1].tolist() == [3.0, 6.0, 9.0]
    finally:
        OUTSIDE.pop()


class TwoLayers(nn.Cell):
    def __init__(self):
        super().__init__()
        self.first = nn.Dense(3, 3)
        self.again = self.first
        self.second = nn.Dense(3, 2, has_bias=False)

    def construct(self, x):
        names = [name for name, _ in self.parameters_and_names()]
        return x * len(self.trainable_params()), names


def test_the_parameters_of_a_cell_are_found_while_compiling():
    net = TwoLayers()
    found, names = assert_fully_compiled(net, Tensor(X))
    assert found.tolist() == [3.0, 6.0, 9.0]
    assert names == ["first.weight", "first.bias", "second.weight"]
    net.third = nn.Dense(3, 1)
    assert net(Tensor(X))[0].tolist() == [5.0, 10.0, 15.0]
    net.first.bias.requires_grad = False
    assert net(Tensor(X))[0].tolist() == [4.0, 8.0, 12.0]


def test_code_of_an_enumeration_runs_at_each_call():
    f = lax(lambda n: Color(n).name)
    assert [f(2), f(7), f(7)] == ["BLUE", "RED", "RED"]
    assert "the interpreter would run 'Color._missing_'" in str(f.report())
