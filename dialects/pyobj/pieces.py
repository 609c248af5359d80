"""The pieces of a syntax that stand for properties, and for operands with marks."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import IntAttr, StringAttr, SymbolRefAttr, UnitAttr
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.parser import Parser
from xdsl.printer import Printer

from .assembly import Draft, Item, Operands, Piece, Regions, parse_optional_value, parse_value
from .attributes import LiteralAttr, NamesAttr
from .literals import (
    parse_optional_literal,
    parse_optional_text,
    parse_text,
    print_literal,
    print_text,
)


class Property(Piece):
    """A property; the op may lack it."""

    def there(self, op: Operation) -> bool:
        """Return whether the op has the property."""
        return self.text in op.properties

    def parse_optional(self, parser: Parser, draft: Draft) -> bool:
        """Read the property if it stands next."""
        attribute = self.read(parser)
        if attribute is not None:
            draft.properties[self.text] = attribute
        return attribute is not None

    def read(self, parser: Parser) -> Attribute | None:
        """Return the attribute that stands next, None where there is none."""
        return parser.parse_optional_attribute()


class Text(Property):
    """A string in quotes."""

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the string."""
        text: StringAttr = getattr(op, self.text)
        print_text(printer, text.data)

    def read(self, parser: Parser) -> Attribute | None:
        """Return the string that stands next."""
        text = parse_optional_text(parser)
        return None if text is None else StringAttr(text)


class Flag(Property):
    """A word that is there or not."""

    def parse(self, parser: Parser, draft: Draft) -> None:
        """Read the word if it stands next."""
        self.parse_optional(parser, draft)

    def read(self, parser: Parser) -> Attribute | None:
        """Return the unit if the word stands next."""
        return UnitAttr() if parser.parse_optional_keyword(self.text) is not None else None


class Names(Property):
    """Strings with commas between them."""

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the strings."""
        names: NamesAttr = getattr(op, self.text)
        printer.print_list(names.data, lambda name: print_text(printer, name))

    def read(self, parser: Parser) -> Attribute:
        """Return the strings that stand next, one at least."""
        names = [parse_text(parser)]
        while parser.parse_optional_punctuation(",") is not None:
            names.append(parse_text(parser))
        return NamesAttr(tuple(names))


class Integer(Property):
    """An integer."""

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the integer."""
        number: IntAttr = getattr(op, self.text)
        printer.print_string(str(number.data))

    def read(self, parser: Parser) -> Attribute:
        """Return the integer that stands next."""
        return IntAttr(parser.parse_integer())


class Symbol(Property):
    """The name of a function, with an @."""

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the name."""
        printer.print_attribute(getattr(op, self.text))

    def read(self, parser: Parser) -> Attribute:
        """Return the name that stands next."""
        return SymbolRefAttr(parser.parse_symbol_name())


class LiteralText(Property):
    """A Python literal, or another attribute: an object prints as itself."""

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the literal."""
        value: Attribute = getattr(op, self.text)
        if isinstance(value, LiteralAttr):
            print_literal(printer, value.data)
        else:
            printer.print_attribute(value)

    def read(self, parser: Parser) -> Attribute:
        """Return the literal that stands next."""
        literal = parse_optional_literal(parser)
        return parser.parse_attribute() if literal is None else LiteralAttr(*literal)


class Spread(Piece):
    """Operands with marks: `*%x`, `**%x`, `name = %x`, and for a dict `%key : %value`."""

    def there(self, op: Operation) -> bool:
        """Return whether there is any operand."""
        values: Sequence[SSAValue] = getattr(op, self.text)
        return bool(values)

    def print(self, op: Operation, printer: Printer) -> None:
        """Print the operands, each with its mark."""
        layout: NamesAttr = op.properties["layout"]  # pyright: ignore[reportAssignmentType]
        values = iter(getattr(op, self.text))

        def print_one(mark: str) -> None:
            if mark == ":":
                printer.print_operand(next(values))
                printer.print_string(" : ")
            elif mark in ("*", "**"):
                printer.print_string(mark)
            elif mark:
                printer.print_identifier_or_string_literal(mark)
                printer.print_string(" = ")
            printer.print_operand(next(values))

        printer.print_list(layout.data, print_one)

    def parse(self, parser: Parser, draft: Draft) -> None:
        """Read operands while any stands next."""
        values = draft.operands.setdefault(self.text, [])
        marks = list[str]()
        while (mark := _read_marked(parser, values)) is not None:
            marks.append(mark)
            if parser.parse_optional_punctuation(",") is None:
                break
        draft.properties["layout"] = NamesAttr(tuple(marks))


def _read_marked(parser: Parser, values: list[SSAValue]) -> str | None:
    """Read one operand, or a dict's two; return its mark, None if nothing stands next."""
    if (value := parse_optional_value(parser)) is not None:
        values.append(value)
        if parser.parse_optional_punctuation(":") is None:
            return ""
        values.append(parse_value(parser))
        return ":"
    if parser.parse_optional_punctuation("*") is not None:
        mark = "*" if parser.parse_optional_punctuation("*") is None else "**"
    else:
        mark = parser.parse_optional_identifier() or parse_optional_text(parser)
        if mark is None:
            return None
        parser.parse_punctuation("=")
    values.append(parse_value(parser))
    return mark


KINDS: dict[str, type[Piece]] = {
    **{"spread": Spread, "flag": Flag, "names": Names, "integer": Integer},
    **{"literal": LiteralText, "symbol": Symbol, "item": Item},
    **{"regions": Regions, "operands": Operands},
}
"""The word before a `$name` in a syntax to what it means."""
