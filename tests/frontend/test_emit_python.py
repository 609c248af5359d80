"""Host programs become functions: free names, cells, names of our own, and their lifetimes."""

import ast
import gc
import linecache
import types
import weakref
from collections.abc import Callable

import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import Builtin
from xdsl.dialects.func import Func, FuncOp
from xdsl.parser import Parser

from foldaway.dialects import pyobj
from foldaway.dialects.graph import Graph
from foldaway.dialects.pyobj import OBJECT
from foldaway.dialects.source import CompileError
from foldaway.dialects.verifier import verify
from foldaway.frontend.emit_python import to_ast, to_function, to_text
from foldaway.frontend.emit_values import literal
from foldaway.frontend.lower_function import lower_module, specialize_function


def host(text: str) -> FuncOp:
    context = Context()
    for dialect in (pyobj.PyObj, Builtin, Func, Graph):
        context.load_dialect(dialect)
    module = Parser(context, text).parse_module()
    verify(module)
    func = module.body.block.first_op
    assert isinstance(func, FuncOp)
    return func


def body(text: str, parameters: str = "") -> FuncOp:
    return host(f"func.func @f({parameters}) -> !pyobj.object {{\n{text}\n}}")


def lines(func: FuncOp) -> list[str]:
    return to_text(func).splitlines()[1:]


@pytest.mark.parametrize("number", [10**400, -(10**400), -0.0, -1, True])
def test_a_literal_of_any_size(number: int | float):
    found = ast.unparse(literal(number))
    assert repr(eval(found)) == repr(number)


def test_a_host_program_calls_its_segment():
    func = body(
        """
        %s = pyobj.segment @f_segment0
        %r = pyobj.call %s(%x)
        %a, %b = pyobj.unpack %r into 2
        %t = pyobj.tuple (%b, %a, %b)
        pyobj.return %t""",
        "%x: tensor<3xf32>",
    )
    assert to_text(func) == "def f(x):\n    _t1, _t2 = f_segment0(x)\n    return (_t2, _t1, _t2)"
    function = to_function(func, "f", {"f_segment0": lambda x: (x, x + 1)})
    assert function(1) == (2, 1, 2)
    assert (function.__name__, function.__qualname__) == ("f", "f")


def test_functions_of_the_runtime_and_objects_are_free_names():
    func = body("""
        %p = pyobj.runtime "print"
        %o = pyobj.constant 1
        %n = pyobj.call %p(%o)
        pyobj.return %n""")
    kept = object()
    constant = list(func.body.block.ops)[1]
    constant.properties["value"] = pyobj.ObjectAttr(kept)
    assert to_text(func).startswith("# _object1: #pyobj.object<")
    namespace: dict[str, object] = {"_runtime_print": lambda x: x}
    assert to_function(func, "f", namespace)() is kept
    assert namespace["_object1"] is kept


def test_parameters_have_the_names_of_their_hints_if_they_are_free():
    names = "%total: !pyobj.object, %class: !pyobj.object, %0: !pyobj.object, %y: !pyobj.object"
    func = body(
        """
        %g = pyobj.load "total"
        %t = pyobj.tuple (%g, %total, %class, %0, %y)
        pyobj.return %t""",
        names,
    )
    assert to_text(func).splitlines()[0] == "def f(total_, a1, a2, y):"


def test_a_parameter_that_is_stored_at_the_start_is_its_variable():
    func = body(
        """
        pyobj.store "n", %x
        pyobj.store "m", %y
        %v = pyobj.load "n"
        pyobj.store "n", %v
        pyobj.return %v""",
        "%x: !pyobj.object, %y: !pyobj.object",
    )
    assert to_text(func) == "def f(n, m):\n    _t1 = n\n    n = _t1\n    return _t1" or lines(
        func
    ) == [
        "    n = _t1 = n",
        "    return _t1",
    ]


def test_values_out_of_order_get_names_that_are_deleted():
    func = body("""
        %f = pyobj.load "f"
        %g = pyobj.load "g"
        %a = pyobj.call %f()
        %b = pyobj.call %g()
        %c = pyobj.binary "-" %b, %a
        pyobj.store "c", %c
        %d = pyobj.load "c"
        pyobj.return %d""")
    assert lines(func) == [
        "    _t1 = f",
        "    _t2 = g",
        "    _t3 = _t1()",
        "    _t4 = _t2()",
        "    c = _t4 - _t3",
        "    del _t1, _t2, _t3, _t4",
        "    return c",
    ]


def test_names_of_ours_avoid_those_of_the_program():
    func = body("""
        %a = pyobj.load "_t1"
        %t = pyobj.tuple (%a, %a)
        pyobj.return %t""")
    assert lines(func) == ["    _t1_ = _t1", "    return (_t1_, _t1_)"]


def test_a_value_lives_no_longer_than_it_is_needed():
    func = body("""
        %make = pyobj.runtime "make"
        %a = pyobj.call %make()
        %l = pyobj.tuple (%a, %a)
        pyobj.store "l", %l
        pyobj.delete "l"
        %check = pyobj.runtime "check"
        %r = pyobj.call %check()
        pyobj.return %r""")

    class Thing:
        pass

    made: list[weakref.ref[Thing]] = []

    def make() -> Thing:
        thing = Thing()
        made.append(weakref.ref(thing))
        return thing

    def check() -> bool:
        gc.collect()
        return made[0]() is None

    assert to_function(func, "f", {"_runtime_make": make, "_runtime_check": check})()


def test_a_value_that_a_function_made_here_needs_is_kept():
    func = body("""
        %make = pyobj.load "make"
        %a = pyobj.call %make()
        %f = pyobj.lambda () {
          pyobj.give %a
        }
        pyobj.return %f""")
    function = to_function(func, "f", {}, {"make": lambda: 5, "__builtins__": {}})
    assert function()() == 5


def test_negative_numbers_are_written_as_python_reads_them():
    func = body("""
        %two = pyobj.constant 2
        %minus = pyobj.constant -1
        %zero = pyobj.constant -0.0
        %p = pyobj.binary "**" %minus, %two
        %i = pyobj.getattr %minus, "real"
        %t = pyobj.tuple (%p, %i, %zero)
        pyobj.return %t""")
    assert lines(func) == ["    return ((-1) ** 2, (-1).real, -0.0)"]
    assert str(to_function(func, "f", {})()) == "(1, -1, -0.0)"


@pytest.mark.parametrize("value", ["1e400", "-1e400", "10", '"é\\\\n"', '(1, "a")', "True"])
def test_literals_are_themselves(value: str):
    literal = ast.literal_eval(value)
    func = body("%a = pyobj.constant 1\npyobj.return %a")
    constant = func.body.block.first_op
    assert constant is not None
    constant.properties["value"] = pyobj.LiteralAttr(literal)
    result = to_function(func, "f", {})()
    assert (type(result), result) == (type(literal), literal)


def test_modules_and_their_attributes():
    func = body("""
        %p = pyobj.import_module "os.path"
        %j = pyobj.global "os.path", "join"
        %m = pyobj.global "math", "pi"
        %t = pyobj.tuple (%p, %j, %m)
        pyobj.return %t""")
    import math
    import os

    assert to_function(func, "f", {})() == (os.path, os.path.join, math.pi)


def test_a_slice_away_from_a_subscript_needs_no_name_of_the_program():
    func = body("""
        %a = pyobj.load "slice"
        %n = pyobj.constant None
        %s = pyobj.slice %n : %a : %n
        %t = pyobj.tuple (%s, %s)
        pyobj.return %t""")
    function = to_function(func, "f", {}, {"slice": 3})
    assert function() == (slice(None, 3), slice(None, 3))


def test_a_condition_with_statements_keeps_else_break_and_continue():
    text = """
        pyobj.store "n", %n
        pyobj.while {
          %n0 = pyobj.load "n"
          %zero = pyobj.constant 0
          %c = pyobj.compare ">" %n0, %zero
          %both = pyobj.tuple (%c, %c)
          %i = pyobj.constant 0
          %d = pyobj.getitem %both[%i]
          pyobj.give %d
        } do {
          pyobj.aug_store "n" "-" {
            %one = pyobj.constant 1
            pyobj.give %one
          }
          %n1 = pyobj.load "n"
          %three = pyobj.constant 3
          %b = pyobj.compare "==" %n1, %three
          pyobj.if %b {
            pyobj.break
          }
          pyobj.continue
        } else {
          %text = pyobj.constant "else"
          pyobj.return %text
        }
        %m = pyobj.load "n"
        pyobj.return %m"""
    function = to_function(body(text, "%n: !pyobj.object"), "f", {})
    assert [function(n) for n in (0, 2, 3, 4, 9)] == ["else", "else", "else", 3, 3]


GLOBAL = 10


def test_globals_and_cells_are_those_of_the_function():
    count = 0

    def program(x):
        nonlocal count
        global GLOBAL
        count += x
        GLOBAL = GLOBAL + 1
        return count, GLOBAL

    function = again(program, 1)
    assert function(5) == (5, 11)
    assert (count, GLOBAL) == (5, 11)
    assert program(1) == (6, 12)
    assert function.__closure__ == program.__closure__


def test_a_function_that_loads_its_own_name():
    def recursive(n):
        return n if n < 1 else recursive(n - 1)

    assert again(recursive, 1)(3) == 0


class Parent:
    def value(self):
        return 1


class Child(Parent):
    def value(self):
        return super().value() + len(__class__.__name__)


def test_super_finds_its_class():
    assert again(Child.value, 1)(Child()) == 6


def test_a_generator_stays_one():
    def numbers(n):
        for i in range(n):
            yield i + 0

    assert list(again(numbers, 1)(3)) == [0, 1, 2]


def again(function: Callable[..., object], count: int) -> types.FunctionType:
    assert isinstance(function, types.FunctionType)
    func = specialize_function(function, [OBJECT] * count).body.block.first_op
    assert isinstance(func, FuncOp)
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    return to_function(func, function.__name__, {}, function.__globals__, cells)


def test_a_def_that_yielded_is_a_generator_still():
    module = lower_module("def f():\n    yield 1\n", "f.py")
    definition = module.body.block.first_op
    assert isinstance(definition, pyobj.DefOp)
    for op in reversed(list(definition.body.block.ops)):
        op.detach()
        op.erase()
    namespace: dict[str, object] = {}
    exec(compile(to_ast(module), "f.py", "exec"), namespace)
    made = namespace["f"]
    assert callable(made)
    assert list(made()) == []


def test_graph_ops_have_no_form_in_python():
    func = body(
        "%y = graph.add %x, %x : tensor<3xf32>\n%t = pyobj.tuple (%y)\npyobj.return %t",
        "%x: tensor<3xf32>",
    )
    with pytest.raises(CompileError, match=r"'graph.add' has no form in Python"):
        to_text(func)


def test_a_statement_in_a_comprehension_is_refused():
    func = body("""
        %n = pyobj.load "n"
        %l = pyobj.comprehension "list" %n target %i {
          pyobj.store "i", %i
        } element {
          pyobj.raise
          %v = pyobj.load "i"
          pyobj.give %v
        }
        pyobj.return %l""")
    with pytest.raises(CompileError, match="a statement stands where Python takes an expression"):
        to_text(func)


def test_an_f_string_that_has_no_text_is_a_join():
    func = body("""
        %l = pyobj.constant "a\\\\b"
        %w = pyobj.constant ">4"
        %f = pyobj.format %l "r" : %w
        %g = pyobj.constant "x"
        %j = pyobj.join (%g, %f)
        pyobj.return %j""")
    assert lines(func) == ["    return ''.join(['x', format(repr('a\\\\b'), f'>4')])"]
    assert to_function(func, "f", {})() == "x'a\\\\b'"


def test_segments_are_a_line_each():
    text = "func.func @f(%x: tensor<3xf32>) -> tensor<3xf32> {\nfunc.return %x : tensor<3xf32>\n}"
    assert to_text(host(text)) == "def f(x):\n    return x"
    private = host(text.replace("@f", "private @f"))
    assert to_text(private) == "# segment f(x: tensor<3xf32>) -> tensor<3xf32>"


def test_annotations_under_the_future_import_are_text():
    text = (
        "from __future__ import annotations\n"
        "def f():\n    def g(x: Nothing) -> None: ...\n    return g"
    )
    linecache.cache["<future>"] = (len(text), None, text.splitlines(keepends=True), "<future>")
    namespace: dict[str, object] = {}
    exec(compile(text, "<future>", "exec"), namespace)
    function = namespace["f"]
    assert isinstance(function, types.FunctionType)
    assert again(function, 0)().__annotations__ == {"x": "Nothing", "return": "None"}
