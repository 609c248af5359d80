"""Instructions on single numbers → the same instructions on vectors of numbers, as text.

It takes what the bodies of kernels and `definitions` are made of: straight lines without branches.
A definition that is called is copied to the place of the call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ..llvm_ir.definitions import definition

_TOKEN = re.compile(
    r"align \d+|#\d+|[%@][\w.]+;?|\b(?:float|double|half|i\d+)\b"
    r"|0x[0-9A-F]+|-?\b\d+\.\d+|-?\b\d+\b|\b(?:true|false)\b"
)
_NAME = re.compile(r"%[\w.]+;?")
_CALL = re.compile(r"call (?:\w+ )*@foldaway\.([\w.]+)\((.*)\)")
_CALLED = re.compile(r"@foldaway\.([\w.]+)\(")
_MEMORY = re.compile(r"^(?:load (\w+),|store (\w+) )")
_FLAGGED = re.compile(r"@llvm\.(?:abs|ctlz|cttz)\.")
_FLAG = ", i1 false)"
_BITS = {"float": 32, "double": 64, "half": 16}


@dataclass(frozen=True)
class Template:
    """Text whose own names begin with `%~`; what stands for operands ends in a semicolon."""

    text: str
    results: tuple[str, ...]

    def filled(self, prefix: str, operands: Iterable[tuple[str, str]]) -> tuple[str, list[str]]:
        """Return the text and its results, with names and operands of this place."""
        own = f"%{prefix}."
        text = self.text.replace("%~", own)
        results: list[str] = [result.replace("%~", own) for result in self.results]
        for name, value in operands:
            text = text.replace(name, value)
            results = [result.replace(name, value) for result in results]
        return text, results


def parts_of(line: str) -> tuple[str, str]:
    """Return the name that an instruction gives its result, if it has one, and the rest."""
    name, equals, instruction = line.strip().partition(" = ")
    return (name, instruction) if equals else ("", name)


def names_in(instruction: str) -> list[str]:
    """Return the names of local values that an instruction uses."""
    return _NAME.findall(instruction)


def renamed(instruction: str, names: Mapping[str, str]) -> str:
    """Return an instruction in which local values have the names that they are given."""
    return _NAME.sub(lambda found: names.get(found[0], found[0]), instruction)


def called(text: str) -> list[str]:
    """Return the definitions that are called, since their text isn't one for vectors."""
    return _CALLED.findall(text)


def operand_types(instruction: str) -> Iterator[tuple[str, str]]:
    """Give the local values that an instruction uses, each with its type."""
    type = ""
    for token in _TOKEN.findall(instruction):
        if token[0] == "%":
            yield token, type
        elif token[0] in "fdhi" and token != "false":
            type = token


def memory_bits(instructions: Iterable[str]) -> Iterator[int]:
    """Give the width of each element that is loaded or stored."""
    for instruction in instructions:
        found = _MEMORY.match(instruction)
        if found is not None:
            yield bits_of(found[1] or found[2])


def bits_of(type: str) -> int:
    """Return the width of one of LLVM's types of numbers."""
    return _BITS.get(type) or int(type[1:])


def can_widen(instruction: str) -> bool:
    """Return whether an instruction has a form for vectors that takes no call of a function."""
    if not instruction.startswith("call "):
        return not instruction.startswith("getelementptr")
    call = _CALL.match(instruction)
    return "@llvm." in instruction if call is None else _inlined(call[1], 1) is not None


def vector_type(type: str, lanes: int) -> str:
    """Return LLVM's type of so many numbers."""
    return f"<{lanes} x {type}>" if lanes > 1 else type


def constant(type: str, number: str, lanes: int) -> str:
    """Return the operand that is a number in all lanes."""
    return f"splat ({type} {number})" if lanes > 1 else number


def widened(lines: Iterable[str], lanes: int, names: dict[str, str]) -> list[str]:
    """Return the instructions on vectors of so many lanes, or on numbers for one lane.

    `names` says what operands are called that the lines don't compute; it is filled with theirs.
    """
    written: list[str] = []
    for line in lines:
        name, instruction = parts_of(line)
        call = _CALL.match(instruction)
        inlined = None if call is None else _inlined(call[1], lanes)
        if call is not None and inlined is not None:
            operands = zip(inlined[1], _operands(call[2], lanes, names), strict=True)
            text, results = inlined[0].filled(f"~{name[1:]}", operands)
            written.append(text)
            names[name] = results[0]
            continue
        text = _instruction(instruction, lanes, names)
        if name:
            names[name] = f"%~{name[1:]}"
            text = f"{names[name]} = {text}"
        written.append(f"  {text}")
    return written


def _instruction(text: str, lanes: int, names: dict[str, str]) -> str:
    flag = _FLAG if _FLAGGED.search(text) else ""
    type = ""

    def replaced(found: re.Match[str]) -> str:
        nonlocal type
        token = found[0]
        match token[0]:
            case "%":
                return names.get(token, token)
            case "@":
                return _intrinsic(token, lanes)
            case "a" | "#":
                return token
            case "f" | "d" | "h" | "i" if token != "false":
                type = token
                return vector_type(token, lanes)
            case _:
                return constant(type, token, lanes)

    return _TOKEN.sub(replaced, text.removesuffix(flag)) + flag


def _intrinsic(name: str, lanes: int) -> str:
    if lanes == 1 or not name.startswith("@llvm."):
        return name
    head, _, type = name.rpartition(".")
    return f"{head}.v{lanes}{type}"


def _operands(listed: str, lanes: int, names: dict[str, str]) -> Iterator[str]:
    for operand in listed.split(", "):
        type, value = operand.split(" ")
        yield names.get(value, value) if value[0] == "%" else constant(type, value, lanes)


@cache
def _inlined(name: str, lanes: int) -> tuple[Template, tuple[str, ...]] | None:
    """Return a definition's text and its parameters; None if it isn't for vectors."""
    head, *lines = definition(name).strip().splitlines()
    lines = [line for line in lines if line not in ("}", "entry:")]
    *lines, last = lines
    if not all(can_widen(parts_of(line)[1]) for line in lines):
        return None
    parameters = names_in(head)
    names = {parameter: f"{parameter};" for parameter in parameters}
    text = "\n".join(widened(lines, lanes, names))
    _, type, value = last.split()
    result = names[value] if value[0] == "%" else constant(type, value, lanes)
    return Template(text, (result,)), tuple(names[parameter] for parameter in parameters)
