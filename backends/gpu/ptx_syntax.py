"""What the text of PTX says: operands, instructions, variables, functions, a module.

Source: PTX ISA 9.0, "Syntax", "Instruction Operands", "State Spaces, Types, and Variables".
"""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from .ptx_errors import PtxSyntaxError


@dataclass(frozen=True)
class Name:
    """A register, a variable, a label or a function; `negated` is the `!` of a predicate."""

    text: str
    negated: bool = False


@dataclass(frozen=True)
class Number:
    """A constant: its value as an integer, or the bits of a float of `float_bits` bits."""

    value: int
    float_bits: int = 0


@dataclass(frozen=True)
class Vector:
    """`{a, b, …}`."""

    items: tuple["Operand", ...]


@dataclass(frozen=True)
class Address:
    """`[base+offset]`; what follows a comma inside, as in `[map, {x, y}]`, is `rest`."""

    base: "Operand"
    offset: int = 0
    rest: tuple["Operand", ...] = ()


@dataclass(frozen=True)
class Pair:
    """`a|b`, two results."""

    first: "Operand"
    second: "Operand"


@dataclass(frozen=True)
class Group:
    """`(a, b, …)` of a call."""

    items: tuple["Operand", ...]


Operand: TypeAlias = Name | Number | Vector | Address | Pair | Group


@dataclass(frozen=True)
class Instruction:
    """One instruction: `parts` are its words between dots; `guard` is its predicate."""

    parts: tuple[str, ...]
    operands: tuple[Operand, ...]
    guard: Name | None
    line: int
    text: str


@dataclass(frozen=True)
class Variable:
    """A variable of a state space; `size` in bytes, None where the launch decides (`name[]`)."""

    name: str
    space: str
    size: int | None
    alignment: int
    content: bytes = b""
    type: str = "b8"


@dataclass
class Function:
    """A kernel or a function: parameters, registers with types, code, labels, block sizes."""

    name: str
    is_kernel: bool
    parameters: list[Variable]
    results: list[Variable]
    line: int
    registers: dict[str, str] = field(default_factory=dict[str, str])
    variables: list[Variable] = field(default_factory=list[Variable])
    code: list[Instruction] = field(default_factory=list[Instruction])
    labels: dict[str, int] = field(default_factory=dict[str, int])
    targets: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    limits: dict[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])


@dataclass
class Module:
    """A whole text: functions with bodies, and variables outside of them."""

    functions: dict[str, Function]
    variables: list[Variable]


def names_in(function: Function) -> set[str]:
    """Return all names in the code of a function."""
    found: set[str] = set()
    stack: list[Operand] = []
    for step in function.code:
        stack += [*step.operands, *([step.guard] if step.guard else [])]
    while stack:
        match stack.pop():
            case Name(text):
                found.add(text)
            case Address(base, _, rest):
                stack += [base, *rest]
            case Vector(items) | Group(items):
                stack += items
            case Pair(first, second):
                stack += [first, second]
            case Number():
                pass
    return found


def size_of_type(name: str) -> int:
    """Return the bytes of a fundamental type, `u32` say."""
    if name in _SIZES:
        return _SIZES[name]
    match = re.fullmatch(r"[bus](8|16|32|64)|f(16|32|64)", name)
    if match is None:
        raise PtxSyntaxError(f"no type is named {name}")
    return int(match.group(1) or match.group(2)) // 8


_SIZES = {"b8": 1, "b16": 2, "b32": 4, "b64": 8, "b128": 16, "pred": 1, "f16x2": 4, "bf16": 2}
