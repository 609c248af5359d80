"""How `pyobj` ops print and parse: each class has a line of `SYNTAX`, which is read here.

xDSL's own `assembly_format` wants a type after each operand; here every result is an object, and
an operand's type is known where it was made.

    `word` or `,`    is printed as it is
    $name            is an operand, a property that is a string, or a region
    spread($name)    is operands with the marks of the property `layout`
    flag($name)      is the name of a unit property, if it is there
    operands($name)  is operands with commas between them
    names($name)     is strings with commas between them; so are integer, literal and symbol
    item($name)      is the argument of the region `name`
    regions($name)   is regions with commas between them
    ( ... )?         is left out when what it starts with, or what it holds, is not there; an
                     operand at its start stands on the op's own line
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Self, TypeVar

from xdsl.ir import Attribute, Block, Operation, Region, SSAValue
from xdsl.irdl import IRDLOperation, VariadicDef
from xdsl.parser import Parser
from xdsl.printer import Printer

from .attributes import OBJECT

_Op = TypeVar("_Op", bound=IRDLOperation)


class PythonOp(IRDLOperation):
    """Base of all `pyobj` ops: the assembly is the `SYNTAX` of the class."""

    SYNTAX: ClassVar[str] = ""

    def print(self, printer: Printer) -> None:
        """Print the op as its syntax says, then the attributes that no op defines."""
        print_pieces(self, pieces_of(type(self), self.SYNTAX), printer)
        printer.print_op_attributes(self.attributes)

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """Parse the op as its syntax says."""
        draft = Draft()
        for piece in pieces_of(cls, cls.SYNTAX):
            piece.parse(parser, draft)
        return draft.build(cls, parser)


@dataclass
class Draft:
    """The parts of an op while it is read."""

    operands: dict[str, list[SSAValue]] = field(default_factory=dict[str, list[SSAValue]])
    properties: dict[str, Attribute] = field(default_factory=dict[str, Attribute])
    regions: dict[str, list[Region]] = field(default_factory=dict[str, list[Region]])
    items: dict[str, Parser.Argument] = field(default_factory=dict[str, Parser.Argument])

    def read_region(self, name: str, parser: Parser) -> None:
        """Read one region; every region has a block, an empty one if nothing is in it."""
        item = self.items.get(name)
        region = parser.parse_region([item] if item else None)
        if region.first_block is None:
            region.add_block(Block())
        self.regions.setdefault(name, []).append(region)

    def build(self, cls: type[_Op], parser: Parser, results: int | None = None) -> _Op:
        """Return the op, with an empty block for each region that isn't written."""
        definition = cls.get_irdl_definition()
        regions = list[Region]()
        for name, one in definition.regions:
            absent = [] if isinstance(one, VariadicDef) else [Region(Block())]
            regions += self.regions.get(name, absent)
        count = len(definition.results) if results is None else results
        return cls.create(
            operands=[v for name, _ in definition.operands for v in self.operands.get(name, ())],
            result_types=[OBJECT] * count,
            properties=self.properties,
            attributes=parser.parse_optional_attr_dict(),
            regions=regions,
        )


class Piece:
    """One word of a syntax; this base is the word that is printed as it is."""

    def __init__(self, text: str):
        self.text = text

    def there(self, op: Operation) -> bool:
        """Return whether there is something of the op to print; never so for a plain word."""
        return False

    def print(self, op: Operation, printer: Printer) -> None:
        """Print this piece of `op`."""
        printer.print_string(self.text)

    def parse(self, parser: Parser, draft: Draft) -> None:
        """Read this piece into `draft`, or stop with an error."""
        if not self.parse_optional(parser, draft):
            parser.raise_error(f"'{self.text}' expected")

    def parse_optional(self, parser: Parser, draft: Draft) -> bool:
        """Read this piece if it stands next, and return whether it did."""
        return parser.parse_optional_characters(self.text) is not None


class Operand(Piece):
    """One operand, or none where the op allows that."""

    def there(self, op: Operation) -> bool:
        """Return whether an optional operand is given."""
        return bool(_operands(op, self.text))

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the operand."""
        printer.print_operand(_operands(op, self.text)[0])

    def parse_optional(self, parser: Parser, draft: Draft) -> bool:
        """Read an operand if one stands next."""
        value = parse_optional_value(parser)
        if value is None:
            return False
        draft.operands[self.text] = [value]
        return True


class Operands(Piece):
    """Any number of operands."""

    def there(self, op: Operation) -> bool:
        """Return whether there is any operand."""
        return bool(_operands(op, self.text))

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the operands with commas between them."""
        printer.print_list(_operands(op, self.text), printer.print_operand)

    def parse(self, parser: Parser, draft: Draft) -> None:
        """Read the operands."""
        self.parse_optional(parser, draft)

    def parse_optional(self, parser: Parser, draft: Draft) -> bool:
        """Read the operands if one stands next."""
        value = parse_optional_value(parser)
        values = draft.operands[self.text] = [] if value is None else [value]
        while values and parser.parse_optional_punctuation(",") is not None:
            values.append(parse_value(parser))
        return bool(values)


class Body(Piece):
    """One region."""

    def there(self, op: Operation) -> bool:
        """Return whether the region holds any op."""
        region: Region = getattr(op, self.text)
        return region.block.first_op is not None

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the region without a label; its argument stands before it."""
        print_region(printer, getattr(op, self.text))

    def parse(self, parser: Parser, draft: Draft) -> None:
        """Read the region."""
        draft.read_region(self.text, parser)


class Item(Piece):
    """The argument of a region's block."""

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the argument's name."""
        printer.print_block_argument(getattr(op, self.text).block.args[0], print_type=False)

    def parse(self, parser: Parser, draft: Draft) -> None:
        """Read the argument's name."""
        name = parser.parse_argument(expect_type=False)
        draft.items[self.text] = name.resolve(OBJECT)


class Regions(Piece):
    """Any number of regions."""

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the regions with commas between them."""
        regions: Sequence[Region] = getattr(op, self.text)
        printer.print_list(regions, lambda region: print_region(printer, region))

    def parse(self, parser: Parser, draft: Draft) -> None:
        """Read the regions."""
        draft.regions[self.text] = []
        draft.read_region(self.text, parser)
        while parser.parse_optional_punctuation(",") is not None:
            draft.read_region(self.text, parser)


class Group(Piece):
    """Pieces that are there together or not at all."""

    def __init__(self, pieces: Sequence[Piece]):
        super().__init__("group")
        self.pieces = pieces

    def there(self, op: Operation) -> bool:
        """Return whether anything in the group is there."""
        return any(piece.there(op) for piece in self.pieces)

    def print(self, op: Operation, printer: Printer) -> None:
        """Print all pieces."""
        print_pieces(op, self.pieces, printer, spaced=False)

    def parse(self, parser: Parser, draft: Draft) -> None:
        """Read the group if its first piece stands next."""
        first, *rest = self.pieces
        if isinstance(first, Operand | Operands) and starts_a_line(parser):
            return  # It is the result of the next op.
        if first.parse_optional(parser, draft):
            for piece in rest:
                piece.parse(parser, draft)


def starts_a_line(parser: Parser) -> bool:
    """Return whether what is read next is the first on its line."""
    before = parser.lexer.input.content[: parser.pos]
    return before.rstrip(" \t\r").endswith("\n")


def print_region(printer: Printer, region: Region) -> None:
    """Print a region without the label of its only block."""
    printer.print_region(region, print_entry_block_args=False, print_empty_block=False)


def print_pieces(
    op: Operation, pieces: Sequence[Piece], printer: Printer, *, spaced: bool = True
) -> None:
    """Print pieces with spaces between them, as one would write them.

    `spaced` is whether a space stands before the first one too.
    """
    words = [p.pieces[0].text if isinstance(p, Group) else p.text for p in pieces]
    before = "" if spaced else "("
    for piece, word in zip(pieces, words, strict=True):
        if isinstance(piece, Group) and not piece.there(op):
            continue
        plain = word if type(piece) in (Piece, Group) else ""
        if before not in ("(", "[", "{") and (
            plain not in (",", "(", ")", "[", "]", "}") or not before
        ):
            printer.print_string(" ")
        piece.print(op, printer)
        before = plain or "$"


def parse_optional_value(parser: Parser) -> SSAValue | None:
    """Return the value whose name stands next, of whatever type it was made; None without one."""
    unresolved = parser.parse_optional_unresolved_operand()
    if unresolved is None:
        return None
    known = parser.ssa_values.get(unresolved.operand_name, ())
    defined = unresolved.index < len(known)
    return parser.resolve_operand(unresolved, known[unresolved.index].type if defined else OBJECT)


def parse_value(parser: Parser) -> SSAValue:
    """Return the value whose name stands next."""
    return parser.expect(lambda: parse_optional_value(parser), "value expected")


def _operands(op: Operation, name: str) -> Sequence[SSAValue]:
    """Return what stands for an operand definition: one value, none or many."""
    value: SSAValue | Sequence[SSAValue] | None = getattr(op, name)
    if value is None:
        return ()
    return (value,) if isinstance(value, SSAValue) else value


_TOKEN = re.compile(
    r"`(?P<word>[^`]+)`|(?P<kind>\w+)\(\$(?P<marked>\w+)\)|\$(?P<plain>\w+)|(?P<open>\()|\)\?"
)


@cache
def pieces_of(cls: type[IRDLOperation], syntax: str) -> Sequence[Piece]:
    """Return the pieces that a syntax of a class consists of."""
    from .pieces import KINDS, Text

    operands = {name for name, _ in cls.get_irdl_definition().operands}
    regions = {name for name, _ in cls.get_irdl_definition().regions}
    stack: list[list[Piece]] = [[]]
    for token in _TOKEN.finditer(syntax):
        word, kind, name = token["word"], token["kind"], token["plain"]
        if word:
            stack[-1].append(Piece(word))
        elif token["open"]:
            stack.append([])
        elif kind:
            stack[-1].append(KINDS[kind](token["marked"]))
        elif name:
            plain = Operand if name in operands else Body if name in regions else Text
            stack[-1].append(plain(name))
        else:
            group = Group(stack.pop())
            stack[-1].append(group)
    return stack[0]
