"""Who says that a function is LAX, and what switches it off."""

import time
from types import SimpleNamespace

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Tensor, compile_trace, context, nn
from foldaway import mindspore as ms
from foldaway.internal_error import InternalError

from .lax_programs import X, lax, needs_python

pytestmark = pytest.mark.usefixtures("default_settings")


# Who says which.


class Net(nn.Cell):
    def construct(self, x):
        return needs_python(x)


def is_strict(call):
    try:
        result = call(Tensor(X))
    except CompileError:
        return True
    assert result.asnumpy().tolist() == [2, 3, 4]
    return False


DECORATED = {
    "foldaway.jit": (lambda **options: foldaway.jit(needs_python, **options), True),
    "ms_function": (lambda **options: foldaway.ms_function(needs_python, **options), True),
    "mindspore.jit": (lambda **options: ms.common.jit(needs_python, **options), False),
}


CONFIGS = {
    "strict": SimpleNamespace(jit_syntax_level="STRICT"),
    "lax": {"jit_syntax_level": "LAX"},
    "number": {"jit_syntax_level": context.STRICT},
    "silent": SimpleNamespace(jit_syntax_level=""),
}


@pytest.mark.parametrize("name", DECORATED)
def test_precedence(name, monkeypatch):
    decorate, strict = DECORATED[name]
    f = decorate()
    assert is_strict(f) == strict
    monkeypatch.setenv("MS_DEV_JIT_SYNTAX_LEVEL", "2")
    assert not is_strict(f)
    for level in "01":
        monkeypatch.setenv("MS_DEV_JIT_SYNTAX_LEVEL", level)
        assert is_strict(f)
    context.set_context(jit_syntax_level=context.LAX)
    assert not is_strict(f)
    context.set_context(jit_syntax_level=context.STRICT)
    monkeypatch.setenv("MS_DEV_JIT_SYNTAX_LEVEL", "2")
    assert is_strict(f)
    assert not is_strict(decorate(jit_config=CONFIGS["lax"]))
    assert is_strict(decorate(jit_config=CONFIGS["silent"]))
    context.set_context(jit_syntax_level=context.LAX)
    assert is_strict(decorate(jit_config=CONFIGS["strict"]))
    assert is_strict(decorate(jit_config=CONFIGS["number"]))
    if name != "ms_function":
        assert is_strict(decorate(jit_config=CONFIGS["lax"], fullgraph=True))
        assert not is_strict(decorate(jit_config=CONFIGS["strict"], fullgraph=False))


def test_cells_are_lax_unless_told():
    net, other = Net(), Net()
    assert not is_strict(net)
    net.set_jit_config(CONFIGS["strict"])
    assert is_strict(net)
    assert not is_strict(other)
    context.set_context(jit_syntax_level=context.STRICT)
    assert is_strict(other)


def test_a_level_that_there_is_not(monkeypatch):
    with pytest.raises(ValueError, match="STRICT or LAX, not 'LOOSE'"):
        foldaway.jit(needs_python, jit_config={"jit_syntax_level": "LOOSE"})
    monkeypatch.setenv("MS_DEV_JIT_SYNTAX_LEVEL", "7")
    with pytest.raises(ValueError, match="STRICT or LAX, not '7'"):
        foldaway.jit(needs_python)(Tensor(X))


def test_without_the_fallback_nothing_is_left_to_python(monkeypatch, capsys):
    monkeypatch.setenv("MS_DEV_ENABLE_FALLBACK", "0")
    f = lax(lambda x: x + Tensor(np.array([1, 2, 3])))
    with pytest.raises(TypeError, match="Not support for this object"):
        f(Tensor(X))


def test_a_machine_without_a_backend():
    f = lax(needs_python)
    f(Tensor(X))
    context.set_context(device_target="Davinci")
    with pytest.raises(CompileError, match="no backend for device_target 'Davinci'"):
        f(Tensor(X))
    context.set_context(device_target="CPU")
    assert f(Tensor(X)).asnumpy().tolist() == [2, 3, 4]


@pytest.mark.logs_errors
def test_a_bug_in_the_folder_costs_no_more_than_speed(monkeypatch, caplog):
    from foldaway import compile as compiling

    def broken(*_):
        raise InternalError("this is a bug in foldaway, in 'fold-pyobj': KeyError: 3")

    monkeypatch.setattr(compiling, "compile_function", broken)
    f = lax(lambda x: x * 2)
    for _ in range(2):
        assert f(Tensor(X)).asnumpy().tolist() == [2, 4, 6]
    (record,) = caplog.records
    assert "this is a bug in foldaway" in record.getMessage()
    assert "this is a bug in foldaway" in str(f.report())
    with pytest.raises(InternalError):
        foldaway.jit(lambda x: x * 2)(Tensor(X))


@pytest.mark.logs_errors
def test_a_bug_in_the_compiler_costs_no_more_than_speed(monkeypatch, caplog):
    def broken(*_):
        raise InternalError("this is a bug in foldaway, in 'cpu': KeyError: 3")

    f = lax(lambda x: (x * 4 - 3) * int(time.time() > 0))
    with monkeypatch.context() as patch:
        patch.setattr(compile_trace, "_compiled", broken)
        x = np.arange(41, dtype=np.float32)
        for _ in range(2):
            assert f(Tensor(x)).asnumpy().tolist() == (x * 4 - 3).tolist()
    assert len([one for one in caplog.records if one.levelname == "ERROR"]) == 1
    assert f.report().ops_python > 0
