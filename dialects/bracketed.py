"""How the vendor's enum attributes are written: the word stands in angle brackets."""

from __future__ import annotations

from typing import Any

from xdsl.parser import AttrParser
from xdsl.printer import Printer


class Bracketed:
    """Syntax of an `EnumAttribute` whose word stands in angle brackets; it comes before that."""

    data: Any
    enum_type: Any

    def print_parameter(self, printer: Printer) -> None:
        """Print the word in brackets."""
        with printer.in_angle_brackets():
            printer.print_string(self.data.value)

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Any:
        """Return the member that the word in brackets names."""
        with parser.in_angle_brackets():
            return parser.parse_str_enum(cls.enum_type)
