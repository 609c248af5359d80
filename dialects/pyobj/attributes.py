"""The type and the attributes of the `pyobj` dialect."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn, cast

from xdsl.ir import Data, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

from ..syntax_trees import parse
from .literals import (
    Literal,
    identity_of,
    is_literal,
    parse_literal,
    parse_optional_text,
    parse_text,
    print_literal,
    print_text,
)


@irdl_attr_definition
class ObjectType(ParametrizedAttribute, TypeAttribute):
    """Any Python object: `!pyobj.object`."""

    name = "pyobj.object"


OBJECT = ObjectType()
"""The one object type, made once."""


@irdl_attr_definition
class LiteralAttr(Data[Literal]):
    """A Python literal, equal to another by type and value: `#pyobj.literal<1.5>`."""

    name = "pyobj.literal"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Literal:
        """Return the literal in angle brackets."""
        with parser.in_angle_brackets():
            return parse_literal(parser)

    def print_parameter(self, printer: Printer) -> None:
        """Print the literal in angle brackets."""
        with printer.in_angle_brackets():
            print_literal(printer, self.data)

    def verify(self) -> None:
        """Raise VerifyException for an object that has no literal form."""
        if not is_literal(self.data):
            raise VerifyException(f"{self.data!r} is no literal")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LiteralAttr) and identity_of(self.data) == identity_of(other.data)

    def __hash__(self) -> int:
        return hash(identity_of(self.data))


@irdl_attr_definition
class ObjectAttr(Data[object]):
    """A live Python object, equal to itself only; `#pyobj.object<"repr">` prints, never parses."""

    name = "pyobj.object"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> NoReturn:
        """Refuse: IR text can't hold an object."""
        parser.raise_error("a live Python object can't be read back from IR text")

    def print_parameter(self, printer: Printer) -> None:
        """Print the object's repr."""
        with printer.in_angle_brackets():
            print_text(printer, _safe_repr(self.data))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectAttr) and self.data is other.data

    def __hash__(self) -> int:
        return id(self.data)


def _safe_repr(value: object) -> str:
    """Return what an object prints as; a type's own `__repr__` is the user's code."""
    if type(value).__module__ in ("builtins", "types", "numpy"):
        return repr(value)
    return object.__repr__(value)


@irdl_attr_definition
class NamesAttr(Data[tuple[str, ...]]):
    """Some names, or marks, in order: `#pyobj.names<"x", "y">`."""

    name = "pyobj.names"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> tuple[str, ...]:
        """Return the names in angle brackets."""
        return tuple(
            parser.parse_comma_separated_list(parser.Delimiter.ANGLE, lambda: parse_text(parser))
        )

    def print_parameter(self, printer: Printer) -> None:
        """Print the names in angle brackets."""
        with printer.in_angle_brackets():
            printer.print_list(self.data, lambda name: print_text(printer, name))


@dataclass(frozen=True)
class Parameters:
    """The parameters of a def or a lambda, by name."""

    positional_only: tuple[str, ...] = ()
    positional: tuple[str, ...] = ()
    vararg: str | None = None
    keyword_only: tuple[str, ...] = ()
    kwarg: str | None = None
    defaults: tuple[str, ...] = ()
    """The parameters with a default, in order: positional ones first, then keyword-only ones."""

    names: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """All parameters in the order of `co_varnames`: `*args` after the keyword-only ones."""

    def __post_init__(self):
        stars = tuple(name for name in (self.vararg, self.kwarg) if name is not None)
        names = self.positional_only + self.positional + self.keyword_only + stars
        object.__setattr__(self, "names", names)

    @property
    def annotation_order(self) -> Sequence[str]:
        """All that may be annotated, in the order in which Python evaluates it."""
        order = [*self.positional, *self.positional_only]
        order += [] if self.vararg is None else [self.vararg, f"*{self.vararg}"]
        order += self.keyword_only
        order += [] if self.kwarg is None else [self.kwarg]
        return [*order, "return"]

    @property
    def written(self) -> Sequence[tuple[str, str]]:
        """The parameters as they are written: a mark (``""``, ``"*"``, ``"**"``) and a name.

        A lone `/` and a lone `*` are marks without a name.
        """
        out = [("", name) for name in self.positional_only]
        out += [("/", "")] if out else []
        out += [("", name) for name in self.positional]
        if self.vararg is not None:
            out.append(("*", self.vararg))
        elif self.keyword_only:
            out.append(("*", ""))
        out += [("", name) for name in self.keyword_only]
        return out if self.kwarg is None else [*out, ("**", self.kwarg)]


@irdl_attr_definition
class ParametersAttr(Data[Parameters]):
    """Parameters as Python writes them, `=` after one that has a default.

    `#pyobj.parameters<"a", /, "b" =, *"args", "c" =, **"rest">`
    """

    name = "pyobj.parameters"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Parameters:
        """Return the parameters in angle brackets."""
        draft = ParametersDraft()

        def parse_one() -> None:
            name = draft.add(*parse_written(parser))
            if parser.parse_optional_punctuation("=") is not None:
                draft.defaults.append(name)

        parser.parse_comma_separated_list(parser.Delimiter.ANGLE, parse_one)
        return draft.finish()

    def print_parameter(self, printer: Printer) -> None:
        """Print the parameters in angle brackets."""

        def print_one(part: tuple[str, str]) -> None:
            print_written(printer, part)
            if part[1] in self.data.defaults:
                printer.print_string(" =")

        with printer.in_angle_brackets():
            printer.print_list(self.data.written, print_one)


class ParametersDraft:
    """Parameters while they are read, one after the other."""

    def __init__(self):
        self.parts: list[tuple[str, str]] = []
        self.defaults: list[str] = []

    def add(self, mark: str, name: str) -> str:
        """Add one as it is written; return its name."""
        self.parts.append((mark, name))
        return name

    def finish(self) -> Parameters:
        """Return the parameters."""
        marks = [mark for mark, _ in self.parts]
        slash = marks.index("/") + 1 if "/" in marks else 0
        star = marks.index("*") if "*" in marks else len(marks)
        return Parameters(
            positional_only=self._plain(0, slash),
            positional=self._plain(slash, star),
            vararg=next((name for mark, name in self.parts if mark == "*" and name), None),
            keyword_only=self._plain(star, len(marks)),
            kwarg=next((name for mark, name in self.parts if mark == "**"), None),
            defaults=tuple(self.defaults),
        )

    def _plain(self, start: int, stop: int) -> tuple[str, ...]:
        return tuple(name for mark, name in self.parts[start:stop] if not mark)


def print_written(printer: Printer, part: tuple[str, str]) -> None:
    """Print a parameter's mark and name."""
    mark, name = part
    printer.print_string(mark)
    if name:
        print_text(printer, name)


def parse_written(parser: AttrParser) -> tuple[str, str]:
    """Return the mark and the name of the parameter that stands next."""
    if parser.parse_optional_punctuation("/") is not None:
        return "/", ""
    mark = "*" if parser.parse_optional_punctuation("*") is not None else ""
    mark += "*" if mark and parser.parse_optional_punctuation("*") is not None else ""
    name = parse_optional_text(parser)
    if name is None and mark != "*":
        parser.raise_error("parameter expected")
    return mark, name or ""


@irdl_attr_definition
class PatternAttr(Data[ast.pattern]):
    """The pattern of a `case`, as Python writes it: `#pyobj.pattern<"Point(x=0)">`."""

    name = "pyobj.pattern"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> ast.pattern:
        """Return the pattern whose text stands in angle brackets."""
        with parser.in_angle_brackets():
            return parse_pattern(parser)

    def print_parameter(self, printer: Printer) -> None:
        """Print the pattern's text in angle brackets."""
        with printer.in_angle_brackets():
            self.print_text(printer)

    def print_text(self, printer: Printer) -> None:
        """Print the pattern's text in quotes."""
        print_text(printer, ast.unparse(self.data))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PatternAttr) and ast.dump(self.data) == ast.dump(other.data)

    def __hash__(self) -> int:
        return hash(ast.dump(self.data))


def parse_pattern(parser: AttrParser) -> ast.pattern:
    """Return the pattern whose text stands next, in quotes."""
    text = parse_text(parser)
    try:
        tree = parse(f"match _:\n case {text}:\n  pass")
    except SyntaxError as error:
        parser.raise_error(f"'{text}' is no pattern: {error.msg}")
    return cast(ast.Match, tree.body[0]).cases[0].pattern
