"""The text of PTX as functions of instructions, with scopes and labels resolved.

Source: PTX ISA 9.0, "Syntax", "State Spaces, Types, and Variables", "Instruction Operands" and
"Abstracting the ABI". What only assemblers read (.loc, .file, .section, .pragma) is left out.
"""

import re
from dataclasses import replace

from .ptx_errors import PtxSyntaxError
from .ptx_syntax import (
    Address,
    Function,
    Group,
    Instruction,
    Module,
    Name,
    Number,
    Operand,
    Pair,
    Variable,
    Vector,
    size_of_type,
)


def parse_ptx(text: str) -> Module:
    """Return the module that `text` spells; PtxSyntaxError with the line where it doesn't."""
    parser = _Parser(text)
    try:
        return parser.module()
    except PtxSyntaxError as error:
        error.line = error.line or parser.line()
        raise
    except RecursionError:
        raise PtxSyntaxError("braces nested too deeply", line=parser.line()) from None


_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"[^"]*")
    |(?P<number>0[fF][0-9a-fA-F]{8}\b|0[dD][0-9a-fA-F]{16}\b
        |\d+\.\d*(?:[eE][+-]?\d+)?|0[xX][0-9a-fA-F]+U?|0[bB][01]+U?|\d+U?)
    |(?P<directive>\.[a-zA-Z_][\w:]*)
    |(?P<word>%?[a-zA-Z_$%][\w$]*(?:\.[\w:]+)*|_)
    |(?P<mark>[{}()\[\];,:@!|+\-=<>*])""",
    re.VERBOSE | re.DOTALL,
)
_ONLY_ASSEMBLERS = re.compile(r"^[ \t]*\.(?:loc|file)\b[^\n]*", re.MULTILINE)
_SPACES = {".global", ".shared", ".const", ".local", ".param", ".tex"}
_MOST_REGISTERS, _MOST_BYTES = 1 << 16, 1 << 32
"""Of one declaration."""
_LINKAGE = {".visible", ".extern", ".weak", ".common"}


class _Parser:
    """Reads tokens from left to right; `_scopes` are the names of the blocks around."""

    def __init__(self, text: str):
        self._lines = text.splitlines()
        text = _ONLY_ASSEMBLERS.sub(lambda match: " " * len(match.group()), text)
        self._tokens: list[tuple[str, str, int]] = []
        self._at = 0
        position, line = 0, 1
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise PtxSyntaxError(f"unreadable: {text[position : position + 20]!r}", line=line)
            if match.lastgroup not in ("skip", None):
                self._tokens.append((str(match.lastgroup), match.group(), line))
            line += match.group().count("\n")
            position = match.end()
        self._tokens.append(("end", "", line))
        self._scopes: list[dict[str, str]] = []
        self._scope_count = 0

    # Tokens

    def _peek(self) -> str:
        return self._tokens[self._at][1]

    def _kind(self) -> str:
        return self._tokens[self._at][0]

    def line(self) -> int:
        """Return the line of what is read next."""
        return self._tokens[self._at][2]

    def _take(self) -> str:
        token = self._tokens[self._at]
        if token[0] == "end":
            raise PtxSyntaxError("the text ends inside something", line=token[2])
        self._at += 1
        return token[1]

    def _accept(self, text: str) -> bool:
        if self._peek() != text:
            return False
        self._at += 1
        return True

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise PtxSyntaxError(f"expected {text!r}, found {self._peek()!r}", line=self.line())

    def _integer(self) -> int:
        sign = -1 if self._accept("-") else 1
        if self._kind() != "number":
            raise PtxSyntaxError(f"expected a number, found {self._peek()!r}", line=self.line())
        return sign * _number(self._take()).value

    def _count(self, most: int) -> int:
        count = self._integer()
        if not 0 <= count <= most:
            raise PtxSyntaxError(f"{count} of something", line=self.line())
        return count

    # Modules and functions

    def module(self) -> Module:
        functions: dict[str, Function] = {}
        variables: list[Variable] = []
        while self._kind() != "end":
            word = self._take()
            if word in (".version", ".target", ".address_size"):
                self._rest_of_line()
            elif word == ".section":
                self._skip_braces()
            elif word in _SPACES:
                variables.append(self._variable(word[1:]))
                self._expect(";")
            elif word in (".entry", ".func"):
                function = self._function(word == ".entry")
                if function is not None:
                    functions[function.name] = function
            elif word not in _LINKAGE and word != ";":
                raise PtxSyntaxError(f"{word!r} outside of a function", line=self.line())
        return Module(functions, variables)

    def _rest_of_line(self) -> None:
        line = self._tokens[self._at - 1][2]
        while self.line() == line and self._kind() != "end":
            self._at += 1

    def _skip_braces(self) -> None:
        while self._take() != "}":
            pass

    def _function(self, is_kernel: bool) -> Function | None:
        line = self.line()
        results = self._parameters() if self._peek() == "(" else []
        name = self._take()
        parameters = self._parameters() if self._peek() == "(" else []
        function = Function(name, is_kernel, parameters, results, line)
        while self._peek() not in ("{", ";"):
            directive = self._take()
            if self._kind() == "number":
                numbers = [self._integer()]
                while self._accept(","):
                    numbers.append(self._integer())
                function.limits[directive[1:]] = tuple(numbers)
            elif self._kind() == "string":
                self._take()
        if self._accept(";"):
            return None
        self._expect("{")
        self._scopes = []
        self._body(function)
        return function

    def _parameters(self) -> list[Variable]:
        self._expect("(")
        found: list[Variable] = []
        while not self._accept(")"):
            directive = self._take()
            if directive == ".reg":
                found.append(Variable(*self._one_register(), 1))
            else:
                found.append(self._variable(directive[1:]))
            self._accept(",")
        return found

    def _one_register(self) -> tuple[str, str, int]:
        kind = self._take()[1:]
        return self._take(), "reg", size_of_type(kind)

    def _variable(self, space: str) -> Variable:
        """Read what follows the state space: alignment, type, name, size, content."""
        alignment, size, kind, is_pointer = 0, 0, "b8", False
        while self._kind() == "directive":
            directive = self._take()[1:]
            is_pointer |= directive == "ptr"
            if directive == "align":
                stated = self._integer()  # behind .ptr, of what is pointed to
                alignment = alignment if is_pointer else stated
            elif directive not in ("ptr", "global", "shared", "const", "local", "attribute"):
                size, kind = size_of_type(directive), directive
        name, count = self._take(), 1
        while self._accept("["):
            count = 0 if self._peek() == "]" else count * self._count(_MOST_BYTES)
            self._expect("]")
        content = self._content(size) if self._accept("=") else b""
        total = None if count == 0 else size * count
        alignment = alignment or size
        if (
            alignment & (alignment - 1)
            or not 0 < alignment <= 1 << 20
            or (total or 0) > _MOST_BYTES
        ):
            raise PtxSyntaxError(f"{name} has an alignment or a size that can't be")
        if total is not None and len(content) > total:
            raise PtxSyntaxError(f"{name} has more elements than it is declared with")
        return Variable(name, space, total, alignment, content, kind)

    def _content(self, size: int) -> bytes:
        if not self._accept("{"):
            return self._element(size)
        parts: list[bytes] = []
        while not self._accept("}"):
            parts.append(self._content(size))
            self._accept(",")
        return b"".join(parts)

    def _element(self, size: int) -> bytes:
        if self._kind() != "number" and self._peek() != "-":
            raise PtxSyntaxError("addresses in variables aren't supported", line=self.line())
        return (self._integer() & ((1 << 8 * size) - 1)).to_bytes(size, "little")

    # Statements

    def _body(self, function: Function) -> None:
        """Read a `{ … }` whose first brace is taken; names of its own get a number."""
        self._scope_count += 1
        own = f"~{self._scope_count}" if self._scopes else ""
        scope: dict[str, str] = {}
        self._scopes.append(scope)
        while not self._accept("}"):
            if self._accept("{"):
                self._body(function)
            elif self._peek() == ".reg":
                self._registers(function, scope, own)
            elif self._peek() in _SPACES:
                self._local_variable(function, scope, own)
            elif self._kind() == "directive":
                while self._take() != ";":
                    pass
            elif self._kind() != "end" and self._tokens[self._at + 1][1] == ":":
                self._label(function)
            elif not self._accept(";"):
                function.code.append(self._instruction())
        self._scopes.pop()

    def _resolve(self, name: str) -> str:
        return next((scope[name] for scope in reversed(self._scopes) if name in scope), name)

    def _registers(self, function: Function, scope: dict[str, str], own: str) -> None:
        self._expect(".reg")
        kind = self._take()[1:]
        while True:
            name = self._take()
            names = [name]
            if self._accept("<"):
                names = [f"{name}{number}" for number in range(self._count(_MOST_REGISTERS))]
                self._expect(">")
            for name in names:
                scope[name] = name + own
                function.registers[name + own] = kind
            if not self._accept(","):
                break
        self._expect(";")

    def _local_variable(self, function: Function, scope: dict[str, str], own: str) -> None:
        found = self._variable(self._take()[1:])
        scope[found.name] = found.name + own
        function.variables.append(replace(found, name=found.name + own))
        self._expect(";")

    def _label(self, function: Function) -> None:
        name = self._take()
        self._expect(":")
        if self._peek() in (".branchtargets", ".calltargets"):
            self._take()
            targets = [self._take()]
            while self._accept(","):
                targets.append(self._take())
            function.targets[name] = targets
        elif self._peek() == ".callprototype":
            while self._peek() != ";":
                self._take()
        else:
            function.labels[name] = len(function.code)

    def _instruction(self) -> Instruction:
        line, guard = self.line(), None
        if self._accept("@"):
            negated = self._accept("!")
            guard = Name(self._resolve(self._take()), negated)
        parts = self._take().split(".")
        operands: list[Operand] = []
        while not self._accept(";"):
            operands.append(self._operand())
            self._accept(",")
        text = " ".join(self._lines[line - 1].split())
        return Instruction(tuple(parts), tuple(operands), guard, line, text)

    def _operand(self) -> Operand:
        if self._accept("{"):
            return Vector(self._list("}"))
        if self._accept("("):
            return Group(self._list(")"))
        if self._accept("["):
            return self._address()
        if self._accept("!"):
            return Name(self._resolve(self._take()), negated=True)
        if self._peek() == "-" or self._kind() == "number":
            sign = -1 if self._accept("-") else 1
            found = _number(self._take())
            if found.float_bits:
                sign_bit = 1 << (found.float_bits - 1) if sign < 0 else 0
                return Number(found.value ^ sign_bit, found.float_bits)
            return Number(sign * found.value)
        if self._kind() != "word":
            raise PtxSyntaxError(f"no operand: {self._peek()!r}", line=self.line())
        name = Name(self._resolve(self._take()))
        return Pair(name, self._operand()) if self._accept("|") else self._with_offset(name)

    def _with_offset(self, name: Name) -> Operand:
        if self._peek() not in ("+", "-"):
            return name
        return Address(name, self._offset())

    def _offset(self) -> int:
        self._accept("+")
        return self._integer()

    def _list(self, end: str) -> tuple[Operand, ...]:
        items: list[Operand] = []
        while not self._accept(end):
            items.append(self._operand())
            self._accept(",")
        return tuple(items)

    def _address(self) -> Operand:
        base = self._operand()
        offset = 0
        if isinstance(base, Address):
            base, offset = base.base, base.offset
        rest = self._list("]") if self._accept(",") else ()
        if not rest:
            self._expect("]")
        return Address(base, offset, rest)


def _number(text: str) -> Number:
    if text[:2] in ("0f", "0F"):
        return Number(int(text[2:], 16), 32)
    if text[:2] in ("0d", "0D"):
        return Number(int(text[2:], 16), 64)
    if "." in text:
        raise PtxSyntaxError(f"a decimal float, {text}: LLVM prints bits")
    text = text.rstrip("U")
    octal = text.isdigit() and len(text) > 1 and text[0] == "0"
    try:
        return Number(int(text, 8 if octal else 0))
    except ValueError:
        raise PtxSyntaxError(f"no number: {text}") from None
