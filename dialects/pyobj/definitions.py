"""The statements and values that make functions, classes and bindings of modules."""

from collections.abc import Sequence
from typing import ClassVar, Self

from xdsl.dialects.builtin import IntAttr, StringAttr, UnitAttr
from xdsl.ir import SSAValue
from xdsl.irdl import (
    irdl_op_definition,
    opt_prop_def,
    prop_def,
    region_def,
    result_def,
    traits_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import NoTerminator
from xdsl.utils.exceptions import VerifyException

from .assembly import Draft, PythonOp, parse_value, print_region
from .attributes import (
    LiteralAttr,
    NamesAttr,
    ObjectType,
    Parameters,
    ParametersAttr,
    ParametersDraft,
    parse_written,
    print_written,
)
from .literals import parse_text, print_text
from .pieces import LiteralText, Spread


@irdl_op_definition
class DefOp(PythonOp):
    """Makes a function and stores it in `variable`; `function` is its `__name__`.

    The two differ for a private name in a class only. The operands are decorators, defaults (as
    in `parameters.defaults`) and annotations (as in `annotated`), in the order of evaluation.
    `annotated` has "return" for the result, and "*args" for a starred annotation of `args`.

    ```mlir
    pyobj.def "f"("x" : %int, "y" = %one, *"rest") -> %float decorators(%cached) doc "adds" {
      pyobj.return %z
    }
    ```
    """

    name = "pyobj.def"

    function = prop_def(StringAttr)
    variable = prop_def(StringAttr)
    parameters = prop_def(ParametersAttr)
    annotated = prop_def(NamesAttr)
    doc = opt_prop_def(LiteralAttr)
    generator = opt_prop_def(UnitAttr)
    inputs = var_operand_def()
    body = region_def("single_block")

    traits = traits_def(NoTerminator())

    @property
    def decorators(self) -> Sequence[SSAValue]:
        """The decorators, the outermost first."""
        rest = len(self.parameters.data.defaults) + len(self.annotated.data)
        return self._operands[: len(self._operands) - rest]

    @property
    def defaults(self) -> Sequence[SSAValue]:
        """The defaults of `parameters.data.defaults`."""
        start = len(self.decorators)
        return self._operands[start : start + len(self.parameters.data.defaults)]

    @property
    def annotations(self) -> Sequence[SSAValue]:
        """The annotations of `annotated`."""
        return self._operands[len(self._operands) - len(self.annotated.data) :]

    def print(self, printer: Printer) -> None:
        """Print the op much as Python writes a def."""
        printer.print_string(" ")
        print_text(printer, self.function.data)
        _print_parameters(printer, self.parameters.data, self.defaults, self._annotation_map())
        if "return" in self.annotated.data:
            printer.print_string(" -> ")
            printer.print_operand(self._annotation_map()["return"])
        if self.variable != self.function:
            printer.print_string(" as ")
            print_text(printer, self.variable.data)
        print_decorators(printer, self.decorators)
        if self.generator is not None:
            printer.print_string(" generator")
        print_doc(printer, self.doc)
        printer.print_string(" ")
        print_region(printer, self.body)
        printer.print_op_attributes(self.attributes)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse what `print` prints."""
        draft = Draft()
        draft.properties["function"] = draft.properties["variable"] = StringAttr(parse_text(parser))
        defaults, annotations = _parse_parameters(parser, draft)
        if parser.parse_optional_punctuation("->") is not None:
            annotations["return"] = parse_value(parser)
        if parser.parse_optional_keyword("as") is not None:
            draft.properties["variable"] = StringAttr(parse_text(parser))
        decorators = parse_decorators(parser)
        if parser.parse_optional_keyword("generator") is not None:
            draft.properties["generator"] = UnitAttr()
        parse_doc(parser, draft)
        order = _annotation_order(draft, annotations)
        draft.properties["annotated"] = NamesAttr(tuple(order))
        draft.operands["inputs"] = [*decorators, *defaults, *(annotations[n] for n in order)]
        draft.read_region("body", parser)
        return draft.build(cls, parser)

    def verify_(self) -> None:
        """Raise VerifyException unless there is an operand for each default and annotation."""
        if len(self._operands) < len(self.parameters.data.defaults) + len(self.annotated.data):
            raise VerifyException("a def needs an operand for each default and each annotation")

    def _annotation_map(self) -> dict[str, SSAValue]:
        return dict(zip(self.annotated.data, self.annotations, strict=True))


@irdl_op_definition
class LambdaOp(PythonOp):
    """A lambda; the operands are the defaults, the body gives one value.

    ```mlir
    %f = pyobj.lambda ("x", "y" = %one) {
      pyobj.give %z
    }
    ```
    """

    name = "pyobj.lambda"

    parameters = prop_def(ParametersAttr)
    generator = opt_prop_def(UnitAttr)
    defaults = var_operand_def()
    body = region_def("single_block")
    result = result_def(ObjectType)

    traits = traits_def(NoTerminator())

    def print(self, printer: Printer) -> None:
        """Print the parameters and the body."""
        printer.print_string(" ")
        _print_parameters(printer, self.parameters.data, self.defaults, {})
        printer.print_string(" generator " if self.generator is not None else " ")
        print_region(printer, self.body)
        printer.print_op_attributes(self.attributes)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse what `print` prints."""
        draft = Draft()
        draft.operands["defaults"], _ = _parse_parameters(parser, draft)
        if parser.parse_optional_keyword("generator") is not None:
            draft.properties["generator"] = UnitAttr()
        draft.read_region("body", parser)
        return draft.build(cls, parser)

    def verify_(self) -> None:
        """Raise VerifyException unless there is an operand for each default."""
        if len(self.defaults) != len(self.parameters.data.defaults):
            raise VerifyException("a lambda needs an operand for each default")


@irdl_op_definition
class ClassOp(PythonOp):
    """Makes a class and stores it in `variable`; `class_name` is its `__name__`.

    The operands are decorators, then bases and keywords with their marks in `layout`.

    ```mlir
    pyobj.class "C"(%base, metaclass = %meta) decorators(%frozen) {
      pyobj.pass
    }
    ```
    """

    name = "pyobj.class"

    class_name = prop_def(StringAttr)
    variable = prop_def(StringAttr)
    layout = prop_def(NamesAttr)
    doc = opt_prop_def(LiteralAttr)
    inputs = var_operand_def()
    body = region_def("single_block")

    traits = traits_def(NoTerminator())

    @property
    def decorators(self) -> Sequence[SSAValue]:
        """The decorators, the outermost first."""
        return self._operands[: len(self._operands) - len(self.layout.data)]

    @property
    def bases(self) -> Sequence[SSAValue]:
        """The bases and keywords, marked in `layout` as the arguments of a call."""
        return self._operands[len(self._operands) - len(self.layout.data) :]

    def print(self, printer: Printer) -> None:
        """Print the op much as Python writes a class."""
        printer.print_string(" ")
        print_text(printer, self.class_name.data)
        with printer.in_parens():
            Spread("bases").print(self, printer)
        if self.variable != self.class_name:
            printer.print_string(" as ")
            print_text(printer, self.variable.data)
        print_decorators(printer, self.decorators)
        print_doc(printer, self.doc)
        printer.print_string(" ")
        print_region(printer, self.body)
        printer.print_op_attributes(self.attributes)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse what `print` prints."""
        draft = Draft()
        name = StringAttr(parse_text(parser))
        draft.properties["class_name"] = draft.properties["variable"] = name
        with parser.in_parens():
            Spread("bases").parse(parser, draft)
        if parser.parse_optional_keyword("as") is not None:
            draft.properties["variable"] = StringAttr(parse_text(parser))
        decorators = parse_decorators(parser)
        parse_doc(parser, draft)
        draft.operands["inputs"] = [*decorators, *draft.operands.pop("bases")]
        draft.read_region("body", parser)
        return draft.build(cls, parser)

    def verify_(self) -> None:
        """Raise VerifyException unless there is an operand for each base."""
        if len(self._operands) < len(self.layout.data):
            raise VerifyException("a class needs an operand for each base")


@irdl_op_definition
class ImportOp(PythonOp):
    """`import module`, which binds its first part, or `import module as alias`.

    ```mlir
    pyobj.import "os.path" as "path"
    ```
    """

    name = "pyobj.import"

    module = prop_def(StringAttr)
    alias = opt_prop_def(StringAttr)

    SYNTAX: ClassVar[str] = "$module (`as` $alias)?"


@irdl_op_definition
class ImportFromOp(PythonOp):
    """`from module import name as variable, …`; `level` is the number of leading dots.

    ```mlir
    pyobj.import_from 0 "os.path" import "join", "sep" as "join", "separator"
    ```
    """

    name = "pyobj.import_from"

    level = prop_def(IntAttr)
    module = prop_def(StringAttr)
    names = prop_def(NamesAttr)
    variables = prop_def(NamesAttr)

    SYNTAX: ClassVar[str] = "integer($level) $module `import` names($names) `as` names($variables)"

    def verify_(self) -> None:
        """Raise VerifyException unless each name has a variable."""
        if len(self.names.data) != len(self.variables.data):
            raise VerifyException("each imported name needs a variable")


def print_doc(printer: Printer, doc: LiteralAttr | None) -> None:
    """Print a docstring, if there is one."""
    if doc is not None:
        printer.print_string(" doc ")
        print_text(printer, str(doc.data))


def parse_doc(parser: Parser, draft: Draft) -> None:
    """Read a docstring, if there is one."""
    if parser.parse_optional_keyword("doc") is not None:
        LiteralText("doc").parse(parser, draft)


def print_decorators(printer: Printer, decorators: Sequence[SSAValue]) -> None:
    """Print decorators, if there are any."""
    if decorators:
        printer.print_string(" decorators")
        printer.print_operands(decorators)


def parse_decorators(parser: Parser) -> list[SSAValue]:
    """Return the decorators that stand next."""
    if parser.parse_optional_keyword("decorators") is None:
        return []
    return parser.parse_comma_separated_list(parser.Delimiter.PAREN, lambda: parse_value(parser))


def _print_parameters(
    printer: Printer,
    parameters: Parameters,
    defaults: Sequence[SSAValue],
    annotations: dict[str, SSAValue],
) -> None:
    values = dict(zip(parameters.defaults, defaults, strict=True))

    def print_one(part: tuple[str, str]) -> None:
        name = part[1]
        print_written(printer, part)
        starred = name and f"*{name}" in annotations
        if starred or name in annotations:
            printer.print_string(" : *" if starred else " : ")
            printer.print_operand(annotations[f"*{name}" if starred else name])
        if name in values:
            printer.print_string(" = ")
            printer.print_operand(values[name])

    with printer.in_parens():
        printer.print_list(parameters.written, print_one)


def _parse_parameters(parser: Parser, draft: Draft) -> tuple[list[SSAValue], dict[str, SSAValue]]:
    """Read parameters into `draft`; return their defaults, and their annotations by name."""
    read = ParametersDraft()
    defaults = list[SSAValue]()
    annotations = dict[str, SSAValue]()

    def parse_one() -> None:
        name = read.add(*parse_written(parser))
        if parser.parse_optional_punctuation(":") is not None:
            star = "*" if parser.parse_optional_punctuation("*") is not None else ""
            annotations[star + name] = parse_value(parser)
        if parser.parse_optional_punctuation("=") is not None:
            read.defaults.append(name)
            defaults.append(parse_value(parser))

    parser.parse_comma_separated_list(parser.Delimiter.PAREN, parse_one)
    draft.properties["parameters"] = ParametersAttr(read.finish())
    return defaults, annotations


def _annotation_order(draft: Draft, annotations: dict[str, SSAValue]) -> list[str]:
    """Return the annotated names in the order in which Python evaluates them."""
    parameters = draft.properties["parameters"]
    assert isinstance(parameters, ParametersAttr)
    return [name for name in parameters.data.annotation_order if name in annotations]
