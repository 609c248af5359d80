"""Each op's example prints, parses and verifies; literals are equal by type and value."""

import io
import math
import re
import textwrap

import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import Builtin, ModuleOp
from xdsl.dialects.func import Func
from xdsl.ir import Operation
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import ParseError, VerifyException

from foldaway.dialects import pyobj
from foldaway.dialects.verifier import verify

LITERALS = [
    *(None, ..., True, False, 0, 1, -1, 10**400, -(2**5000), 2**63),
    *(0.0, -0.0, 1.0, 1e16, 1e-300, -2.5, math.inf, -math.inf, math.nan),
    *(1j, -0.0 + 0j, complex(0.0, -0.0), complex(math.nan, -math.inf)),
    *("", "plain", 'quo"te\\', "line\nend\t\0", "é λ 💡", "\ud800 lone"),
    *(b"", b"abc", b'\x00\xff"\\'),
    *((), (1,), (1, (2.0, "x")), frozenset(), frozenset({1, "a", (2, 3)})),
]


def parse(text: str) -> ModuleOp:
    context = Context()
    for dialect in (pyobj.PyObj, Builtin, Func):
        context.load_dialect(dialect)
    return Parser(context, text).parse_module()


def show(op: Operation, *, generic: bool = False) -> str:
    out = io.StringIO()
    Printer(out, print_generic_format=generic).print_op(op)
    return out.getvalue()


def example(op: type[Operation]) -> str:
    """Return the example of an op's docstring, after loads of the values that it uses."""
    found = re.search(r"```mlir\n(.*?)```", op.__doc__ or "", re.S)
    assert found
    text = textwrap.dedent(found[1])
    made = set(re.findall(r"%\w+", "".join(re.findall(r"^\s*(%.*) = pyobj", text, re.M))))
    made |= set(re.findall(r"(?:for|as|target) (%\w+)", text))
    used = dict.fromkeys(name for name in re.findall(r"%\w+", text) if name not in made)
    return "".join(f'{name} = pyobj.load "{name[1:]}"\n' for name in used) + text


@pytest.mark.parametrize("op", list(pyobj.PyObj.operations), ids=lambda op: op.name)
def test_the_example_in_the_docstring_is_how_the_op_prints(op: type[Operation]):
    module = parse(example(op))
    verify(module)
    body = show(module).partition("\n")[2].rpartition("}")[0]
    assert textwrap.dedent(body).strip() == example(op).strip()
    again = parse(show(module, generic=True))
    assert module.is_structurally_equivalent(again)


def test_the_dialect_lists_every_op():
    assert set(pyobj.PyObj.operations) == {*pyobj.VALUES, *pyobj.STATEMENTS}
    rows = set(re.findall(r"\w+", " ".join(re.findall(r"^\| (.*?) \|", pyobj.__doc__ or "", re.M))))
    assert {op.name.split(".")[1] for op in pyobj.PyObj.operations} <= rows


@pytest.mark.parametrize("value", LITERALS)
def test_a_literal_reads_back(value: pyobj.Literal):
    for text in (
        show(
            pyobj.ConstantOp.build(
                properties={"value": pyobj.LiteralAttr(value)}, result_types=[pyobj.OBJECT]
            )
        ),
        f'%0 = "pyobj.constant"() <{{value = {pyobj.LiteralAttr(value)}}}> : () -> !pyobj.object',
    ):
        constant = parse(text).body.block.first_op
        assert isinstance(constant, pyobj.ConstantOp)
        assert constant.value == pyobj.LiteralAttr(value)
        assert type(constant.value.data) is type(value)


def test_literals_differ_by_type_and_by_value():
    different = [
        1,
        True,
        1.0,
        0,
        0.0,
        -0.0,
        False,
        "1",
        b"1",
        (1,),
        (True,),
        (1.0,),
        frozenset({1}),
    ]
    assert len({pyobj.LiteralAttr(value) for value in different}) == len(different)
    assert pyobj.LiteralAttr(math.nan) == pyobj.LiteralAttr(math.nan)


def test_an_object_prints_and_is_refused_on_reading():
    attribute = pyobj.ObjectAttr(len)
    assert str(attribute) == '#pyobj.object<"<built-in function len>">'
    assert attribute == pyobj.ObjectAttr(len) != pyobj.ObjectAttr(abs)
    with pytest.raises(ParseError, match="can't be read back"):
        parse(f"%f = pyobj.constant {attribute}")


def test_an_object_is_no_literal():
    with pytest.raises(VerifyException):
        pyobj.LiteralAttr([1])  # pyright: ignore


def test_a_return_may_stand_before_unreachable_statements():
    verify(parse('pyobj.def "f"() {\n  pyobj.return\n  pyobj.pass\n}'))


@pytest.mark.parametrize("op", ["return", "raise", "yield"])
def test_an_op_without_its_operand_may_stand_before_a_result(op: str):
    result = "%0 = " if op == "yield" else ""
    text = f'{result}pyobj.{op}\n%1 = pyobj.load "x"'
    module = parse(text)
    assert [o.name for o in module.ops] == [f"pyobj.{op}", "pyobj.load"]
    assert show(parse(show(module))) == show(module)


def test_parameters_know_their_order():
    text = '#pyobj.parameters<"a", /, "b" =, *"args", "c", "d" =, **"rest">'
    op = parse(f'"pyobj.pass"() {{p = {text}}} : () -> ()').body.block.first_op
    assert op is not None
    parameters = op.attributes["p"]
    assert isinstance(parameters, pyobj.ParametersAttr)
    assert str(parameters) == text
    assert parameters.data == pyobj.Parameters(
        ("a",), ("b",), "args", ("c", "d"), "rest", ("b", "d")
    )
    assert parameters.data.names == ("a", "b", "c", "d", "args", "rest")
