"""The function that a form's calls go through once it is used often takes no wrong call."""

import threading

import numpy as np
import pytest

from foldaway import Tensor, context, jit
from foldaway.runtime.quick_entry import MISS

SCALE = 2.0
BOX = {"n": 1}


class Config:
    rate = 3.0


CONFIG = Config()
MODES = pytest.mark.parametrize("fullgraph", [True, False], ids=["STRICT", "LAX"])


def warm(function, *arguments):
    for _ in range(4):
        function(*arguments)
    return function


def test_it_is_made_after_some_calls_and_answers():
    f = jit(lambda x: x * 2 + 1)
    x = Tensor([1.0, 2.0])
    f(x)
    assert f.specializations[0].quick is None
    warm(f, x)
    enter = f.specializations[0].quick.enter
    assert enter(x).asnumpy().tolist() == [3.0, 5.0]
    assert enter(Tensor([1.0])) is MISS
    assert enter(Tensor([1, 2])) is MISS
    assert enter(np.float32([1, 2])) is MISS
    assert f.specializations[0].report.calls == 6


@MODES
@pytest.mark.parametrize(
    "other",
    [
        *(Tensor([1.0]), Tensor([1, 2]), Tensor([[1.0, 2.0]]), 3, 3.5, True),
        *(np.float32([1, 2]), np.float32([[1, 2], [3, 4]]).T, np.ones(2)),
    ],
    ids=lambda value: f"{type(value).__name__}{getattr(value, 'shape', value)}",
)
def test_other_arguments(fullgraph, other):
    plain = lambda x: (x * 2 + 1, isinstance(x, Tensor))  # noqa: E731
    f = warm(jit(plain, fullgraph=fullgraph), Tensor([1.0, 2.0]))
    for value in (other, Tensor([1.0, 2.0]), other, other, other, other):
        found, expected = f(value), plain(value)
        assert type(found[0]) is type(expected[0])
        assert found[1] is expected[1]
        assert np.asarray(found[0]).tolist() == np.asarray(expected[0]).tolist()
        assert np.asarray(found[0]).dtype == np.asarray(expected[0]).dtype


@MODES
def test_what_it_reads_changes(fullgraph, monkeypatch):
    kept = 4.0

    def f(x, y):
        return x * SCALE + CONFIG.rate + kept + BOX["n"] + len((x, y))

    compiled = warm(jit(f, fullgraph=fullgraph), Tensor([1.0]), 2)
    for change in (
        lambda: monkeypatch.setitem(globals(), "SCALE", 5.0),
        lambda: monkeypatch.setattr(CONFIG, "rate", 7.0),
        lambda: monkeypatch.setitem(BOX, "n", 8),
        lambda: monkeypatch.setitem(globals(), "len", lambda value: 100),
        lambda: monkeypatch.delitem(globals(), "len"),
    ):
        change()
        for _ in range(4):
            assert compiled(Tensor([1.0]), 2).asnumpy() == f(Tensor([1.0]), 2).asnumpy()
    kept = 9.0
    assert compiled(Tensor([1.0]), 2).asnumpy() == f(Tensor([1.0]), 2).asnumpy()
    monkeypatch.delitem(globals(), "SCALE")
    with pytest.raises(NameError):
        compiled(Tensor([1.0]), 2)


def test_settings_count(monkeypatch):
    def f(x):
        return str(int(x[0])) + "!"

    compiled = jit(f)
    monkeypatch.setenv("MS_DEV_JIT_SYNTAX_LEVEL", "2")
    warm(compiled, Tensor([1.0]))
    assert compiled.lazy_runs
    for level, refused in (("0", True), ("2", False)):
        monkeypatch.setenv("MS_DEV_JIT_SYNTAX_LEVEL", level)
        if refused:
            with pytest.raises(RuntimeError):
                compiled(Tensor([1.0]))
        else:
            assert compiled(Tensor([1.0])) == "1!"


def test_the_level_of_a_config_counts():
    config = {"jit_syntax_level": "LAX"}
    compiled = warm(jit(lambda x: str(int(x[0])) + "!", jit_config=config), Tensor([1.0]))
    assert compiled.lazy_runs
    config["jit_syntax_level"] = "STRICT"
    with pytest.raises(RuntimeError):
        compiled(Tensor([1.0]))
    plain = {"jit_syntax_level": "STRICT"}
    compiled = warm(jit(lambda x: x + 1, jit_config=plain), Tensor([1.0]))
    plain["jit_syntax_level"] = "NONE"
    with pytest.raises(ValueError, match="jit_syntax_level"):
        compiled(Tensor([1.0]))


def test_another_target():
    f = warm(jit(lambda x: x + 1), Tensor([1.0]))
    context.set_context(device_target="Ascend")
    try:
        with pytest.raises(RuntimeError):
            f(Tensor([1.0]))
    finally:
        context.reset_context()
    assert f(Tensor([1.0])).asnumpy() == 2


def test_another_body():
    def f(x):
        return x + 1

    compiled = warm(jit(f), Tensor([1.0]))
    f.__code__ = (lambda x: x + 2).__code__
    for _ in range(4):
        assert compiled(Tensor([1.0])).asnumpy() == 3


def test_keywords_and_wrong_calls():
    f = warm(jit(lambda x, y=1.0: x + y), Tensor([1.0]), 2.0)
    assert f(Tensor([1.0])).asnumpy() == 2
    assert f(x=Tensor([1.0]), y=5.0).asnumpy() == 6
    with pytest.raises(TypeError, match="positional"):
        f(Tensor([1.0]), 2.0, 3.0)


@MODES
def test_a_retreat(fullgraph):
    f = warm(jit(lambda x: int(x[0]) * 2**40, fullgraph=fullgraph), Tensor([1.0]))
    big = Tensor([2.0**30])
    assert f(big) == 2**70
    assert f(Tensor([1.0])) == 2**40


def test_a_lazy_tensor():
    f = warm(jit(lambda x: x + 1), Tensor([1.0]))
    made = jit(lambda x: Tensor(float(str(x.asnumpy()[0]))) + x, fullgraph=False)
    assert f(made(Tensor([1.0]))).asnumpy() == 3


def test_two_threads_with_two_kinds():
    f = jit(lambda x: x * 2 + 1)
    wrong = []

    def call(value):
        for _ in range(500):
            if f(value).asnumpy().tolist() != (value * 2 + 1).asnumpy().tolist():
                wrong.append(value)

    values = Tensor([1.0]), Tensor([1.0, 2.0]), Tensor([3])
    threads = [threading.Thread(target=call, args=(value,)) for value in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
