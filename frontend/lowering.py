"""What the lowering of expressions and of statements share: blocks, places, names, errors."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Sequence

from xdsl.dialects.builtin import FileLineColLoc, IntAttr, LocationAttr, StringAttr, UnknownLoc
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from ..dialects import pyobj
from ..dialects.append import append
from ..dialects.source import reject

BINARY: dict[type[ast.operator], str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//"},
    **{ast.Mod: "%", ast.Pow: "**", ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>"},
    **{ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"},
}
COMPARE: dict[type[ast.cmpop], str] = {
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="},
    **{ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"},
}
UNARY: dict[type[ast.unaryop], str] = {
    **{ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not"},
}

_OBJECTS = tuple((pyobj.OBJECT,) * count for count in range(9))


class Lowering:
    """Emits ops into the current block, each at the place of the node that is lowered."""

    def __init__(self, file: str, owner: str | None = None):
        self.block = Block()
        self.location: LocationAttr = UnknownLoc()
        self.owner = owner
        """The class around, for private names."""
        self.in_function = False
        self.annotations_are_text = False
        """Whether `from __future__ import annotations` holds, and isn't lowered itself."""
        self._file = StringAttr(file)
        self._places: dict[tuple[int, int], FileLineColLoc] = {}
        self._strings: dict[str, StringAttr] = {}

    def at(self, node: ast.expr | ast.stmt | ast.excepthandler) -> None:
        """Place the ops that follow at a node."""
        key = (node.lineno, node.col_offset)
        place = self._places.get(key)
        if place is None:
            place = FileLineColLoc(self._file, IntAttr(key[0]), IntAttr(key[1] + 1))
            self._places[key] = place
        self.location = place

    def text(self, text: str) -> StringAttr:
        """Return a string attribute, made once."""
        found = self._strings.get(text)
        if found is None:
            found = self._strings[text] = StringAttr(text)
        return found

    def name(self, name: str) -> StringAttr:
        """Return a variable's or an attribute's name, mangled if it is private to a class."""
        return self.text(mangled(name, self.owner))

    def emit(
        self,
        kind: type[Operation],
        operands: Sequence[SSAValue] = (),
        regions: Sequence[Region] = (),
        results: int = 0,
        /,
        **properties: Attribute,
    ) -> Operation:
        """Append an op to the current block."""
        types = _OBJECTS[results] if results < len(_OBJECTS) else (pyobj.OBJECT,) * results
        if not regions:
            return append(self.block, kind, operands, types, properties, self.location)
        op = kind.create(
            operands=operands,
            result_types=types,
            properties=properties,
            regions=regions,
            location=self.location,
        )
        self.block.add_op(op)
        return op

    def value(
        self,
        kind: type[Operation],
        operands: Sequence[SSAValue] = (),
        regions: Sequence[Region] = (),
        /,
        **properties: Attribute,
    ) -> SSAValue:
        """Append an op of one result, and return that."""
        return self.emit(kind, operands, regions, 1, **properties).results[0]

    def region(self, fill: Callable[[Block], object], arguments: int = 0) -> Region:
        """Return a region of one block, filled by `fill`."""
        block, location = self.block, self.location
        self.block = inner = Block(arg_types=_OBJECTS[arguments])
        fill(inner)
        self.block, self.location = block, location
        return Region(inner)

    def unsupported(self, node: ast.AST, what: str) -> None:
        """Raise CompileError for a form of Python that isn't lowered."""
        if isinstance(node, ast.expr | ast.stmt):
            self.at(node)
        reject(
            self.location,
            f"{what} can't be compiled",
            "do this outside the compiled function, and pass it the result",
        )


def mangled(name: str, owner: str | None) -> str:
    """Return a variable's or an attribute's name, mangled if it is private to the class `owner`."""
    if owner is not None and name.startswith("__") and not name.endswith("__"):
        owner = owner.lstrip("_")
        if owner and "." not in name:
            return f"_{owner}{name}"
    return name


def mangle_pattern(pattern: ast.pattern, owner: str | None) -> ast.pattern:
    """Return a pattern whose private names are mangled."""
    return pattern if owner is None else _Mangling(owner).visit(copy.deepcopy(pattern))


class _Mangling(ast.NodeTransformer):
    def __init__(self, owner: str):
        self.owner = owner

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Mangle the one name that a node holds itself, and those in its parts."""
        field = _NAMING.get(type(node))
        name = getattr(node, field, None) if field is not None else None
        if field is not None and isinstance(name, str):
            setattr(node, field, mangled(name, self.owner))
        return super().generic_visit(node)


_NAMING: dict[type[ast.AST], str] = {
    **{ast.MatchAs: "name", ast.MatchStar: "name", ast.MatchMapping: "rest"},
    **{ast.Name: "id", ast.Attribute: "attr"},
}
