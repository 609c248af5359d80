"""The final HIVM as IR: the vendor's text, lowered to ops that xDSL parses, with its own lines."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from xdsl.context import Context
from xdsl.dialects.builtin import Builtin, FileLineColLoc, ModuleOp, StringAttr
from xdsl.ir import Attribute, Operation
from xdsl.parser import Parser

_TYPE: Final = re.compile(r"memref<[^<>]*(?:<[^<>]*>[^<>]*)*>")
_MODULE_ATTRIBUTES: Final = re.compile(r"^\}\) \{.*\} : \(\) -> \(\)", re.M)
_SIZE: Final = re.compile(r'"(UB|L1|L0A|L0B|L0C)_SIZE", (\d+) : i32')
_SPACE: Final = {"UB": "ub", "L1": "cbuf", "L0A": "ca", "L0B": "cb", "L0C": "cc"}

PRINT_OPTIONS: Final = (
    "--lower-affine",
    "--mlir-print-op-generic",
    "--mlir-print-debuginfo",
    "--mlir-print-local-scope",
)
"""What `bishengir-opt` needs to print the final HIVM as `read` takes it."""


def read(generic: str) -> ModuleOp:
    """Return the module of a text that `bishengir-opt` printed with `PRINT_OPTIONS`.

    Raises `xdsl.utils.exceptions.ParseError` for anything else.
    """
    # The description of the chip isn't IR for xDSL; `memory_sizes` reads it from the vendor's text.
    text = _MODULE_ATTRIBUTES.sub("}) : () -> ()", generic)
    # Most of the text is the same few types again and again, each of which takes long to parse.
    aliases: dict[str, str] = {}
    text = _TYPE.sub(lambda match: aliases.setdefault(match[0], f"!t{len(aliases)}"), text)
    named = "".join(f"{alias} = {type}\n" for type, alias in aliases.items())
    return Parser(_context(), named + text).parse_module()


def memory_sizes(hivm: str) -> dict[str, int]:
    """Return the bytes of each on-chip memory, by the name of its address space."""
    return {_SPACE[name]: int(bits) // 8 for name, bits in _SIZE.findall(hivm)}


def op_name(op: Operation) -> str:
    """Return the name of an op, which xDSL may not know."""
    name = op.attributes.get("op_name__") or getattr(op, "op_name", None)
    return name.data if isinstance(name, StringAttr) else op.name


def attribute(op: Operation, name: str) -> Attribute | None:
    """Return an attribute or property."""
    found = op.properties.get(name)
    return op.attributes.get(name) if found is None else found


def line_of(op: Operation) -> int:
    """Return the line of an op in the vendor's text, 0 if it isn't known."""
    location = op.location
    return location.line.data if isinstance(location, FileLineColLoc) else 0


@cache
def _context() -> Context:
    context = Context(allow_unregistered=True)
    context.load_dialect(Builtin)
    return context
