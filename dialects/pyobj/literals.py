"""The text form of Python's literals in IR, and their equality by type and value."""

from __future__ import annotations

import math
from collections.abc import Hashable
from types import EllipsisType
from typing import TypeGuard, cast

from xdsl.parser import AttrParser
from xdsl.printer import Printer

Literal = (
    None
    | EllipsisType
    | bool
    | int
    | float
    | complex
    | str
    | bytes
    | tuple["Literal", ...]
    | frozenset["Literal"]
)
"""What a `pyobj.constant` may hold in IR text."""

_ATOMS = frozenset({type(None), type(...), bool, int, float, complex, str, bytes})
_KEYWORDS: dict[str, Literal] = {
    **{"None": None, "True": True, "False": False},
    **{"inf": math.inf, "nan": math.nan},
}


def is_literal(value: object) -> TypeGuard[Literal]:
    """Return whether `value`, and all that is in it, is of exactly a literal's type."""
    if type(value) in _ATOMS:
        return True
    if type(value) in (tuple, frozenset):
        return all(map(is_literal, cast(tuple[object, ...], value)))
    return False


def identity_of(value: Literal) -> Hashable:
    """Return what two literals share only if they have one type and one value.

    1, True and 1.0 differ, and so do 0.0 and -0.0; every nan is one.
    """
    match value:
        case float() | complex():
            return type(value), repr(value)
        case tuple():
            return tuple, tuple(map(identity_of, value))
        case frozenset():
            return frozenset, frozenset(map(identity_of, value))
        case _:
            return type(value), value


def print_text(printer: Printer, text: str) -> None:
    """Print a string in quotes. Unlike xDSL's own, this takes lone surrogates too."""
    printer.print_bytes_literal(text.encode("utf-8", "surrogatepass"))


def parse_text(parser: AttrParser) -> str:
    """Return the string that stands next in quotes."""
    return parser.expect(lambda: parse_optional_text(parser), "string literal expected")


def parse_optional_text(parser: AttrParser) -> str | None:
    """Return the string that stands next in quotes, None where there is none."""
    if (text := parser.parse_optional_str_literal()) is not None:
        return text
    # The lexer has a kind of its own for escapes that are not ASCII.
    data = parser.parse_optional_bytes_literal()
    return None if data is None else data.decode("utf-8", "surrogatepass")


def print_literal(printer: Printer, value: Literal) -> None:
    """Print a literal much as Python writes it."""
    match value:
        case str():
            print_text(printer, value)
        case bytes():
            printer.print_string("b")
            printer.print_bytes_literal(value)
        case float():
            printer.print_string(_float_text(value))
        case complex():
            parts = f"{_float_text(value.real)}, {_float_text(value.imag)}"
            printer.print_string(f"complex({parts})")
        case int() if type(value) is int:
            printer.print_string(_int_text(value))
        case tuple():
            with printer.in_parens():
                printer.print_list(value, lambda item: print_literal(printer, item))
        case frozenset():
            printer.print_string("frozenset")
            # Sorted, so that one set has one text.
            items = sorted(value, key=lambda item: repr(identity_of(item)))
            with printer.in_parens():
                printer.print_list(items, lambda item: print_literal(printer, item))
        case EllipsisType():
            printer.print_string("...")
        case _:
            printer.print_string(repr(value))


def parse_literal(parser: AttrParser) -> Literal:
    """Return the literal that stands next."""
    return parser.expect(lambda: parse_optional_literal(parser), "Python literal expected")[0]


def parse_optional_literal(parser: AttrParser) -> tuple[Literal] | None:
    """Return the literal that stands next, in a tuple of one; None where there is none."""
    if (text := parse_optional_text(parser)) is not None:
        return (text,)
    if parser.parse_optional_punctuation("-") is not None:
        return (-parse_number(parser),)
    if parser.parse_optional_punctuation("...") is not None:
        return (...,)
    if (number := parser.parse_optional_number()) is not None:
        return (number,)
    if (items := _parse_optional_items(parser)) is not None:
        return (items,)
    word = parser.parse_optional_identifier()
    return None if word is None else (_parse_after(word, parser),)


def parse_number(parser: AttrParser) -> int | float:
    """Return the number that stands next; inf and nan are numbers."""
    if parser.parse_optional_punctuation("-") is not None:
        return -parse_number(parser)
    if parser.parse_optional_keyword("inf") is not None:
        return math.inf
    if parser.parse_optional_keyword("nan") is not None:
        return math.nan
    return parser.parse_number()


def _parse_after(word: str, parser: AttrParser) -> Literal:
    if word in _KEYWORDS:
        return _KEYWORDS[word]
    match word:
        case "b":
            data = parser.parse_optional_bytes_literal()
            return parse_text(parser).encode("latin-1") if data is None else data
        case "complex":
            with parser.in_parens():
                real = float(parse_number(parser))
                parser.parse_punctuation(",")
                return complex(real, float(parse_number(parser)))
        case "frozenset":
            return frozenset(_parse_optional_items(parser) or ())
        case _:
            parser.raise_error(f"'{word}' is no Python literal")


def _parse_optional_items(parser: AttrParser) -> tuple[Literal, ...] | None:
    items = parser.parse_optional_comma_separated_list(
        parser.Delimiter.PAREN, lambda: parse_literal(parser)
    )
    return None if items is None else tuple(items)


def _float_text(value: float) -> str:
    """Return Python's text of a float, with the point that the lexer needs: `1.0e+16`."""
    if not math.isfinite(value):
        return repr(value)
    mantissa, mark, exponent = repr(value).partition("e")
    return (mantissa if "." in mantissa else mantissa + ".0") + mark + exponent


def _int_text(value: int) -> str:
    """Return an integer's text; in hexadecimal where Python limits decimal digits."""
    if value.bit_length() < 1024:
        return str(value)
    return f"{'-' if value < 0 else ''}{abs(value):#x}"
