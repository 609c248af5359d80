"""The statements and values with a region for each of many parts: try, match, comprehensions."""

from typing import Self, cast

from xdsl.dialects.builtin import ArrayAttr, StringAttr, UnitAttr
from xdsl.ir import Block, Region
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    region_def,
    result_def,
    traits_def,
    var_region_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import NoTerminator
from xdsl.utils.exceptions import VerifyException

from .assembly import Draft, PythonOp, parse_value, print_region
from .attributes import NamesAttr, ObjectType, PatternAttr, parse_pattern
from .literals import parse_optional_text, parse_text, print_text
from .pieces import Item
from .words import COMPREHENSIONS, verify_word


@irdl_op_definition
class TryOp(PythonOp):
    """`try`, with two regions for each `except`: one that gives the type, and the handler.

    `names` has the variable of each handler, "" without one. The type of a bare `except`, and an
    `else` or `finally` that isn't there, are regions with an empty block. `star` is `except*`.

    ```mlir
    pyobj.try {
      pyobj.pass
    } except "error" of {
      pyobj.give %type
    } {
      pyobj.pass
    } else {
      pyobj.pass
    } finally {
      pyobj.pass
    }
    ```
    """

    name = "pyobj.try"

    names = prop_def(NamesAttr)
    star = opt_prop_def(UnitAttr)
    body = region_def("single_block")
    handlers = var_region_def("single_block")
    orelse = region_def("single_block")
    finalbody = region_def("single_block")

    traits = traits_def(NoTerminator())

    def print(self, printer: Printer) -> None:
        """Print the regions with Python's words before them."""
        printer.print_string(" star " if self.star is not None else " ")
        print_region(printer, self.body)
        for index, name in enumerate(self.names.data):
            printer.print_string(" except ")
            if name:
                print_text(printer, name)
                printer.print_string(" ")
            _print_unless_empty(printer, "of ", self.handlers[2 * index], " ")
            print_region(printer, self.handlers[2 * index + 1])
        _print_unless_empty(printer, " else ", self.orelse)
        _print_unless_empty(printer, " finally ", self.finalbody)
        printer.print_op_attributes(self.attributes)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse what `print` prints."""
        draft = Draft(regions={"handlers": []})
        if parser.parse_optional_keyword("star") is not None:
            draft.properties["star"] = UnitAttr()
        draft.read_region("body", parser)
        names = list[str]()
        while parser.parse_optional_keyword("except") is not None:
            names.append(parse_optional_text(parser) or "")
            _parse_if("of", "handlers", parser, draft)
            draft.read_region("handlers", parser)
        for word, region in (("else", "orelse"), ("finally", "finalbody")):
            _parse_if(word, region, parser, draft)
        draft.properties["names"] = NamesAttr(tuple(names))
        return draft.build(cls, parser)

    def verify_(self) -> None:
        """Raise VerifyException unless each handler has two regions and a name."""
        if len(self.handlers) != 2 * len(self.names.data):
            raise VerifyException("each except needs a name, a type and a handler")


@irdl_op_definition
class MatchOp(PythonOp):
    """`match`, with a pattern and two regions for each `case`: one that gives the guard, the body.

    The guard is a region with an empty block where none is written.

    ```mlir
    pyobj.match %subject case "[x, y]" if {
      pyobj.give %x
    } {
      pyobj.pass
    } case "_" {
      pyobj.pass
    }
    ```
    """

    name = "pyobj.match"

    subject = operand_def()
    patterns = prop_def(ArrayAttr[PatternAttr])
    cases = var_region_def("single_block")

    traits = traits_def(NoTerminator())

    def print(self, printer: Printer) -> None:
        """Print the cases one after the other."""
        printer.print_string(" ")
        printer.print_operand(self.subject)
        for index, pattern in enumerate(self.patterns.data):
            printer.print_string(" case ")
            pattern.print_text(printer)
            printer.print_string(" ")
            _print_unless_empty(printer, "if ", self.cases[2 * index], " ")
            print_region(printer, self.cases[2 * index + 1])
        printer.print_op_attributes(self.attributes)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse what `print` prints."""
        draft = Draft(operands={"subject": [parse_value(parser)]}, regions={"cases": []})
        patterns = list[PatternAttr]()
        while parser.parse_optional_keyword("case") is not None:
            patterns.append(PatternAttr(parse_pattern(parser)))
            _parse_if("if", "cases", parser, draft)
            draft.read_region("cases", parser)
        draft.properties["patterns"] = ArrayAttr(patterns)
        return draft.build(cls, parser)

    def verify_(self) -> None:
        """Raise VerifyException unless each case has two regions."""
        if len(self.cases) != 2 * len(self.patterns.data):
            raise VerifyException("each case needs a pattern, a guard and a body")


@irdl_op_definition
class ComprehensionOp(PythonOp):
    """A comprehension, or a generator expression; the operand is the first iterable.

    `layout` has a word for each region, in order: "target" (takes an item and stores it), "if"
    and "iterable" (give one value), and "element" last (gives one value; a dict's gives two).

    ```mlir
    %list = pyobj.comprehension "list" %iterable target %item {
      pyobj.store "x", %item
    } element {
      pyobj.give %y
    }
    ```
    """

    name = "pyobj.comprehension"

    kind = prop_def(StringAttr)
    iterable = operand_def()
    layout = prop_def(NamesAttr)
    parts = var_region_def("single_block")
    result = result_def(ObjectType)

    traits = traits_def(NoTerminator())

    def print(self, printer: Printer) -> None:
        """Print the regions with their words before them."""
        printer.print_string(" ")
        print_text(printer, self.kind.data)
        printer.print_string(" ")
        printer.print_operand(self.iterable)
        for word, region in zip(self.layout.data, self.parts, strict=True):
            printer.print_string(f" {word} ")
            if word == "target":
                printer.print_block_argument(region.block.args[0], print_type=False)
                printer.print_string(" ")
            print_region(printer, region)
        printer.print_op_attributes(self.attributes)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse what `print` prints."""
        draft = Draft(properties={"kind": StringAttr(parse_text(parser))})
        draft.operands["iterable"] = [parse_value(parser)]
        layout = list[str]()
        words = ("target", "if", "iterable", "element")
        while (word := parser.parse_optional_keyword_in(words)) is not None:
            layout.append(word)
            draft.items.clear()
            if word == "target":
                Item("parts").parse(parser, draft)
            draft.read_region("parts", parser)
        draft.properties["layout"] = NamesAttr(tuple(layout))
        return draft.build(cls, parser)

    def verify_(self) -> None:
        """Raise VerifyException unless the regions are those of a comprehension."""
        verify_word(self.kind.data, COMPREHENSIONS)
        layout = self.layout.data
        if len(layout) != len(self.parts) or layout[:1] + layout[-1:] != ("target", "element"):
            raise VerifyException("a comprehension starts with a target and ends with an element")


def _print_unless_empty(printer: Printer, before: str, region: Region, after: str = "") -> None:
    if cast(Block, region.first_block).first_op is not None:
        printer.print_string(before)
        print_region(printer, region)
        printer.print_string(after)


def _parse_if(word: str, name: str, parser: Parser, draft: Draft) -> None:
    """Read a region if its word stands next; put an empty one in its place if it doesn't."""
    if parser.parse_optional_keyword(word) is not None:
        draft.read_region(name, parser)
    else:
        draft.regions.setdefault(name, []).append(Region(Block()))
