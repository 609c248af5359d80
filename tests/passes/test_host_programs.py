"""Host programs with branches and loops run, with compiled segments and the runtime's functions."""

import traceback
import types

import numpy as np
import pytest
from xdsl.dialects.builtin import ModuleOp

from foldaway import Tensor
from foldaway.backends.cpu.driver import CpuDriver
from foldaway.dialects.dtypes import spec_of
from foldaway.frontend.emit_python import to_function, to_text
from foldaway.pipeline import lower_segment
from foldaway.runtime.driver import Signature
from foldaway.runtime.host import RUNTIME
from foldaway.runtime.segment import Segment

from .program_order import outlined


def compiled(text):
    """Return the function of a text: its segments are compiled for this machine."""
    host, *segments = list(outlined(text).ops)
    namespace = {f"_runtime_{name}": function for name, function in RUNTIME.items()}
    for op in segments:
        op.detach()
        type, name = op.function_type, op.sym_name.data
        signature = Signature(tuple(map(spec_of, type.inputs)), tuple(map(spec_of, type.outputs)))
        module = ModuleOp([op])
        lower_segment(module, CpuDriver())
        code = CpuDriver().compile(module, name, signature)
        namespace[name] = Segment(code, len(signature.outputs))
    return to_function(host, host.sym_name.data, namespace)


LEAVING = """
func.func @f(%x : tensor<2xf64>, %log : !pyobj.object) -> !pyobj.object {
  %zero = graph.constant dense<0.0> : tensor<f64>
  %sum = graph.reduce "sum" %x, axes = [0] : tensor<2xf64> -> tensor<f64>
  %less = graph.compare "lt" %sum, %zero : tensor<f64> -> tensor<i1>
  %y = graph.if %less -> tensor<2xf64> {
    %append = pyobj.getattr %log, "append"
    %none = pyobj.call %append(%sum)
    %minus = graph.neg %x : tensor<2xf64>
    graph.give %minus : tensor<2xf64>
  } else {
    graph.print "stdout" "elements" ["early ", "\\n"] %x : tensor<2xf64>
    pyobj.return %x
  }
  %twice = graph.add %y, %y : tensor<2xf64>
  pyobj.return %twice
}
"""


def test_a_branch_that_returns_early(capsys):
    f, log = compiled(LEAVING), []
    x = Tensor(np.array([1.0, 2.0]))
    assert f(x, log) is x
    assert (capsys.readouterr().out, log) == ("early (1.0, 2.0)\n", [])
    assert f(Tensor(np.array([-1.0, -2.5])), log).asnumpy().tolist() == [2.0, 5.0]
    assert capsys.readouterr().out == ""
    assert [float(one) for one in log] == [-3.5]


COUNTING = """
func.func @f(%n : tensor<i64>, %a : tensor<f64>) -> !pyobj.object {
  %zero = graph.constant dense<0> : tensor<i64>
  %i, %s = graph.while(%zero, %a) : (tensor<i64>, tensor<f64>) -> tensor<i64>, tensor<f64> {
  ^condition(%i : tensor<i64>, %s : tensor<f64>):
    graph.print "stdout" "elements" ["? ", "\\n"] %i : tensor<i64>
    %less = graph.compare "lt" %i, %n : tensor<i64> -> tensor<i1>
    graph.give %less : tensor<i1>
  } do {
  ^body(%i : tensor<i64>, %s : tensor<f64>):
    %one = graph.constant dense<1> : tensor<i64>
    %next = graph.add %i, %one : tensor<i64>
    %twice = graph.add %s, %s : tensor<f64>
    graph.give %next, %twice : tensor<i64>, tensor<f64>
  }
  %t = graph.for 10 step -3 count 3(%i) : (tensor<i64>) -> tensor<i64> {
  ^body(%k : tensor<i64>, %t : tensor<i64>):
    %sum = graph.add %t, %k : tensor<i64>
    graph.print "stdout" "elements" ["", " of ", "\\n"] %sum, %k : tensor<i64>, tensor<i64>
    graph.give %sum : tensor<i64>
  }
  %float = pyobj.runtime "float"
  %number = pyobj.call %float(%s)
  %int = pyobj.runtime "int"
  %count = pyobj.call %int(%t)
  %pair = pyobj.tuple (%count, %number)
  pyobj.return %pair
}
"""


def test_loops_take_numbers_of_python(capsys):
    assert compiled(COUNTING)(2, 1.5) == (2 + 10 + 7 + 4, 6.0)
    assert capsys.readouterr().out == "? 0\n? 1\n? 2\n12 of 10\n19 of 7\n23 of 4\n"


def test_a_segment_takes_what_the_host_has():
    text = """
    func.func @f(%c : tensor<i1>, %n : tensor<i64>, %x : tensor<f64>, %a : tensor<2xf32>)
        -> !pyobj.object {
      %not = graph.not %c : tensor<i1>
      %m = graph.neg %n : tensor<i64>
      %y = graph.neg %x : tensor<f64>
      %b = graph.neg %a : tensor<2xf32>
      %all = pyobj.tuple (%not, %m, %y, %b)
      pyobj.return %all
    }"""
    f, array = compiled(text), np.ones(2, np.float32)
    for values in [(True, 3, 0.5, Tensor(array)), (np.bool_(True), np.int64(3), 0.5, array)]:
        found = [one.asnumpy() for one in f(*values)]
        assert [one.tolist() for one in found] == [False, -3, -0.5, [-1.0, -1.0]]
        assert [str(one.dtype) for one in found] == ["bool", "int64", "float64", "float32"]


class Own(ValueError):
    """Its methods would tell if they ran."""

    def __new__(cls, *args):
        raise AssertionError("user code ran")

    def __init__(self, first, second):
        raise AssertionError("user code ran")


CAUSE, CONTEXT = KeyError("cause"), IndexError("context")

RAISING = """
func.func @f(%c : tensor<i1>, %kind : !pyobj.object, %cause : !pyobj.object,
    %context : !pyobj.object) -> !pyobj.object {
  graph.if %c {
    %make = pyobj.runtime "new_exception"
    %args = pyobj.constant (1, "two")
    %name = pyobj.constant "code"
    %code = pyobj.constant 7
    %attributes = pyobj.dict {%name: %code}
    %suppress = pyobj.constant False
    %error = pyobj.call %make(%kind, %args, %attributes, %cause, %context, %suppress)
    pyobj.raise %error loc("user.py":44:9)
  } else {
    graph.give
  }
  %none = pyobj.constant None
  pyobj.return %none
} loc("user.py":40:1)
"""


@pytest.mark.parametrize("kind", [Own, KeyError, PermissionError])
def test_an_exception_is_made_without_code_of_the_user(kind):
    f = compiled(RAISING)
    assert f(False, kind, CAUSE, CONTEXT) is None
    with pytest.raises(kind) as caught:
        f(True, kind, CAUSE, CONTEXT)
    error = caught.value
    assert type(error) is kind
    assert (error.args, error.code) == ((1, "two"), 7)
    assert (error.__cause__, error.__context__) == (CAUSE, CONTEXT)
    assert not error.__suppress_context__
    last = traceback.extract_tb(error.__traceback__)[-1]
    assert (last.filename, last.lineno, last.name) == ("user.py", 44, "f")


def test_an_exception_keeps_its_context_while_the_caller_handles_another_one():
    f, inner, handled = compiled(RAISING), IndexError(), RuntimeError()

    def call(context):
        try:
            raise handled
        except RuntimeError:
            f(True, ValueError, None, context)

    with pytest.raises(ValueError, match="two") as caught:
        call(inner)
    assert caught.value.__context__ is inner
    assert inner.__context__ is handled
    assert traceback.extract_tb(caught.value.__traceback__)[-1].lineno == 44
    with pytest.raises(ValueError, match="two") as caught:
        call(None)
    assert caught.value.__context__ is handled


def test_a_builtin_exception_is_raised_at_its_line():
    text = """
    func.func @f(%c : tensor<i1>) -> !pyobj.object {
      graph.if %c {
        graph.print "stdout" "str" ["before\\n"]
        graph.raise "ValueError" "no" loc("user.py":9:3)
      } else {
        graph.raise "StopIteration" ""
      }
    } loc("user.py":5:1)"""
    f = compiled(text)
    with pytest.raises(ValueError, match=r"^no$") as caught:
        f(Tensor(np.array(True)))
    assert traceback.extract_tb(caught.value.__traceback__)[-1].lineno == 9
    with pytest.raises(StopIteration) as stopped:
        f(Tensor(np.array(False)))
    assert stopped.value.args == ()


def test_functions_of_numbers_and_choices():
    true, false = Tensor(np.array(True)), np.array(False)
    one, other = object(), object()
    assert RUNTIME["choose"](true, one, other) is one
    assert RUNTIME["choose"](false, one, other) is other
    assert RUNTIME["choose"](False, one, other) is other
    assert RUNTIME["table"](Tensor(np.array(1)), (one, other)) is other
    assert RUNTIME["table"](0, (one, other)) is one
    for name, value, expected in [
        ("int", Tensor(np.array(-3)), -3),
        ("int", np.array(2), 2),
        ("int", 2**70, 2**70),
        ("bool", true, True),
        ("bool", False, False),
        ("truth", false, False),
        ("float", Tensor(np.array(0.5)), 0.5),
    ]:
        found = RUNTIME[name](value)
        assert (type(found), found) == (type(expected), expected)


def test_what_is_after_a_branch_isnt_deleted_where_nothing_comes():
    text = """
    func.func @f(%x : tensor<2xf64>, %c : tensor<i1>, %o : !pyobj.object) -> !pyobj.object {
      %y = graph.neg %x : tensor<2xf64>
      graph.if %c {
        pyobj.setattr %y, %o, "y"
        pyobj.return %y
      } else {
        pyobj.setattr %y, %o, "z"
        pyobj.return %y
      }
    }"""
    host = next(iter(outlined(text).ops))
    assert to_text(host).splitlines()[1:] == [
        "    _t1 = f_segment0(x)",
        "    if _runtime_truth(c):",
        "        o.y = _t1",
        "        return _t1",
        "    o.z = _t1",
        "    return _t1",
    ]
    x, owner = Tensor(np.array([1.0, 2.0])), types.SimpleNamespace()
    assert compiled(text)(x, Tensor(np.array(False)), owner) is owner.z
