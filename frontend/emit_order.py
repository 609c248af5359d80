"""Where values go when pyobj is printed as Python: into the expression that uses them, or a name.

Python evaluates operands from left to right, so a value needs no name where it is used once, by
an op of its own block, and nothing else is evaluated in between. Such values wait in order; an op
whose operands are the last ones that wait takes them. Whatever is out of order gets a name.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from typing import Any, ClassVar, NoReturn

from xdsl.ir import Block, Operation, Region, SSAValue

from ..dialects import pyobj
from ..dialects.source import reject
from .emit_names import Naming

DEEPEST = 200
"""How deep an expression gets where it can be cut: Python 3.11 compiles trees of nearly 1000."""

LOAD, STORE, DELETE = ast.Load(), ast.Store(), ast.Del()

Node = ast.expr | ast.stmt | None
Handler = Callable[[Any, "Sheet", Any], Node]
"""Prints one op: to an expression, a statement, or None if it has put its own in its place."""

_ASSIGNING = (pyobj.StoreOp, pyobj.SetAttrOp, pyobj.SetItemOp, pyobj.UnpackOp)
_KEEPING = (pyobj.DefOp, pyobj.LambdaOp, pyobj.ClassOp, pyobj.ComprehensionOp)
_LEAVING = (ast.Return, ast.Raise, ast.Break, ast.Continue)


@dataclass
class Sheet:
    """A block while it is printed."""

    block: Block
    ops: Sequence[Operation]
    index: int = 0
    """The next op to print."""
    out: list[ast.stmt] = field(default_factory=list[ast.stmt])
    waiting: list[tuple[SSAValue, ast.expr]] = field(
        default_factory=list[tuple[SSAValue, ast.expr]]
    )
    given: list[ast.expr] = field(default_factory=list[ast.expr])
    """What the block gives, if it stands for an expression."""
    temporaries: list[tuple[int, int, str]] = field(default_factory=list[tuple[int, int, str]])
    """A heap: the index of the last op that needs a name made in this block, its number, and it."""
    made: int = 0
    """How many names were made."""

    @cached_property
    def positions(self) -> dict[Operation, int]:
        """The index of each op."""
        return {op: index for index, op in enumerate(self.ops)}


class Ordering(Naming):
    """Prints blocks op by op; subclasses say how each kind of op prints."""

    handlers: ClassVar[Mapping[type[Operation], Handler]] = {}

    def __init__(self, root: Operation, namespace: dict[str, object] | None = None):
        super().__init__(root, namespace)
        self.named: dict[SSAValue, Callable[[], ast.expr]] = {}
        self.slices: dict[ast.expr, ast.Slice] = {}
        """Calls that make slices, to the form with colons."""
        self.fields: set[ast.expr] = set()
        """F-strings of one field, which an f-string around them takes in."""
        self.flat = 0
        """How many places that can't have, or shouldn't have, names of ours are around this one."""
        self._trail: list[SSAValue] = []
        self._depths: dict[SSAValue, int] = {}
        """How deep the expressions are that wait, or did."""

    # Values.

    def take(self, sheet: Sheet, operands: Sequence[SSAValue]) -> list[ast.expr]:
        """Return the expressions of operands, in their order; they wait no longer."""
        mine = [value for value in operands if value not in self.named]
        waiting = sheet.waiting
        if mine:
            first = len(waiting) - len(mine)
            if first >= 0 and [value for value, _ in waiting[first:]] == mine:
                found = dict(waiting[first:])
                del waiting[first:]
                return [found[v] if v in found else self.named[v]() for v in operands]
            self.flush(sheet)
        for value in mine:
            if value not in self.named:
                where = value.owner if isinstance(value.owner, Operation) else self.root
                reject(where, "a value is used where it isn't known", "make it in that function")
        return [self.named[value]() for value in operands]

    def flush(self, sheet: Sheet) -> None:
        """Give a name to each value that waits, the first one first."""
        waiting, sheet.waiting = sheet.waiting, []
        for value, expression in waiting:
            self.bind(sheet, value, expression)

    def bind(self, sheet: Sheet, value: SSAValue, expression: ast.expr) -> None:
        """Assign a value to a name of its own."""
        self.name_slices(expression)
        name = self.name(sheet, value)
        assign = ast.Assign([ast.Name(name, STORE)], expression)
        ast.copy_location(assign, expression)
        sheet.out.append(assign)

    def name(self, sheet: Sheet, value: SSAValue) -> str:
        """Return a new name for a value; who asks assigns it. It is deleted after its last use."""
        name = self.fresh("_t")
        self.call_it(value, lambda: ast.Name(name, LOAD))
        last = _last_use(sheet, value)
        if last is not None:
            heappush(sheet.temporaries, (last, sheet.made, name))
            sheet.made += 1
        return name

    def subscript_key(self, key: ast.expr) -> ast.expr:
        """Return a key as it stands in a subscript: slices have colons."""
        if key in self.slices:
            return ast.copy_location(self.slices[key], key)
        if isinstance(key, ast.Tuple):
            key.elts = [
                ast.copy_location(self.slices[item], item) if item in self.slices else item
                for item in key.elts
            ]
        return key

    def name_slices(self, expression: ast.expr) -> None:
        """Make slices calls, which may stand anywhere. The program's own `slice` isn't called."""
        for one in expression.elts if isinstance(expression, ast.Tuple) else [expression]:
            if isinstance(one, ast.Call) and one in self.slices:
                one.func = ast.Name(self.object_name(slice, "_slice"), LOAD)

    def call_it(self, value: SSAValue, make: Callable[[], ast.expr]) -> None:
        """Let `make` return what stands for a value, wherever and however often it is used."""
        self.named[value] = make
        self._trail.append(value)

    def free(self, sheet: Sheet, value: SSAValue, make: Callable[[], ast.expr]) -> None:
        """Print a value that may stand anywhere: a constant or a free name."""
        uses = [use.operation for use in value.uses]
        if len(uses) < 2 or not self._assign_all(sheet, value, make(), uses):
            self.call_it(value, make)

    def push(self, sheet: Sheet, value: SSAValue, expression: ast.expr) -> None:
        """Let a value wait for the op that uses it; name it if that can't take it."""
        uses = [use.operation for use in value.uses]
        if not uses:
            self.flush(sheet)
            sheet.out.append(ast.copy_location(ast.Expr(expression), expression))
        elif (
            len(uses) == 1
            and uses[0].parent is sheet.block
            and self.may_wait()
            and not self._is_deep(value)
        ):
            sheet.waiting.append((value, expression))
        else:
            self.flush(sheet)
            if not self._assign_all(sheet, value, expression, uses):
                self.bind(sheet, value, expression)

    def _is_deep(self, value: SSAValue) -> bool:
        """Return whether a value gets a name because Python can't compile very deep trees."""
        parts = value.owner.operands if isinstance(value.owner, Operation) else ()
        depth = 1 + max([self._depths.get(part, 0) for part in parts], default=0)
        if depth > DEEPEST and not self.flat:
            return True
        self._depths[value] = depth
        return False

    def may_wait(self) -> bool:
        """Return whether values may go without a name. Tests say no, to see every form."""
        return True

    # Targets of assignments.

    def _assign_all(
        self, sheet: Sheet, value: SSAValue, expression: ast.expr, uses: list[Operation]
    ) -> bool:
        """Print `a = b = value` if that is all that happens to the value; return whether it is."""
        targets, index = list[ast.expr](), sheet.index
        if not all(isinstance(use, _ASSIGNING) and use.operands[0] is value for use in uses):
            return False
        for _ in uses:
            found = self.target(sheet, index, value)
            if found is None:
                return False
            targets.append(found[0])
            index = found[1]
        self.flush(sheet)
        sheet.out.append(ast.copy_location(ast.Assign(targets, expression), targets[0]))
        sheet.index = index
        return True

    def target(self, sheet: Sheet, index: int, value: SSAValue) -> tuple[ast.expr, int] | None:
        """Return a target and the index after it, if the ops there only assign `value` to it."""
        mark = len(self._trail)
        found = self._try_target(Sheet(sheet.block, sheet.ops, index), value)
        if found is None:
            for other in self._trail[mark:]:
                self.named.pop(other, None)
            del self._trail[mark:]
        return found

    def _try_target(self, trial: Sheet, value: SSAValue) -> tuple[ast.expr, int] | None:
        while trial.index < len(trial.ops):
            op = trial.ops[trial.index]
            if isinstance(op, _ASSIGNING) and op.operands[0] is value:
                trial.index += 1
                if isinstance(op, pyobj.UnpackOp):
                    return None if trial.waiting else self._try_items(trial, op)
                rest = list(op.operands[1:])
                if [v for v, _ in trial.waiting] != [v for v in rest if v not in self.named]:
                    return None
                return self.assignable(op, self.take(trial, rest)), trial.index
            waiting = [v for v, _ in trial.waiting]
            known = all(v in self.named or v in waiting for v in op.operands)
            if len(op.results) != 1 or not known:
                return None
            self.visit(trial)
            if trial.out:
                return None
        return None

    def _try_items(self, trial: Sheet, op: pyobj.UnpackOp) -> tuple[ast.expr, int] | None:
        items, index = list[ast.expr](), trial.index
        for result in op.items:
            found = self.target(trial, index, result) if result.has_one_use() else None
            if found is None:
                return None
            items.append(found[0])
            index = found[1]
        return self.items_target(op, items), index

    def items_target(self, op: pyobj.UnpackOp, items: list[ast.expr]) -> ast.expr:
        """Return the tuple that an `unpack` assigns to."""
        star = op.star.data
        if star >= 0:
            items[star] = ast.copy_location(ast.Starred(items[star], STORE), items[star])
        target = ast.Tuple(items, STORE)
        self.place(target, op)
        return target

    def assignable(self, op: Operation, rest: Sequence[ast.expr]) -> ast.expr:
        """Return the target of a store, a setattr or a setitem."""
        target: ast.expr
        if isinstance(op, pyobj.StoreOp):
            target = ast.Name(op.variable.data, STORE)
        elif isinstance(op, pyobj.SetAttrOp):
            target = ast.Attribute(rest[0], op.attribute.data, STORE)
        else:
            target = ast.Subscript(rest[0], self.subscript_key(rest[1]), STORE)
        self.place(target, op)
        return target

    # Blocks.

    def visit(self, sheet: Sheet) -> None:
        """Print the next op of a sheet."""
        op = sheet.ops[sheet.index]
        sheet.index += 1
        handler = self.handlers.get(type(op))
        if handler is None:
            reject(op, f"'{op.name}' has no form in Python", "run outline-segments first")
        node = handler(self, sheet, op)
        if node is None:
            return
        self.place(node, op)
        if isinstance(node, ast.stmt):
            self.flush(sheet)
            sheet.out.append(node)
        else:
            self.push(sheet, op.results[0], node)

    def run(self, sheet: Sheet, until: Operation | None = None) -> Sheet:
        """Print the ops of a sheet that are left, or those before one, and return it."""
        ops = sheet.ops
        while sheet.index < len(ops):
            op = ops[sheet.index]
            if op is until:
                return sheet
            if isinstance(op, pyobj.GiveOp):
                sheet.given = self.take(sheet, op.values)
                break
            self.visit(sheet)
            if sheet.temporaries and not sheet.waiting:
                sheet.out += self.deleted(sheet, sheet.index)
        self.flush(sheet)
        return sheet

    def deleted(self, sheet: Sheet, index: int) -> list[ast.stmt]:
        """Return the `del` of the names that no op from `index` on needs."""
        over: list[tuple[int, str]] = []
        while sheet.temporaries and sheet.temporaries[0][0] < index:
            over.append(heappop(sheet.temporaries)[1:])
        names = [name for _, name in sorted(over)]
        if not names or _is_left(sheet.out):
            return []
        delete = ast.Delete([ast.Name(name, DELETE) for name in names])
        if sheet.out:
            ast.copy_location(delete, sheet.out[-1])
        return [delete]

    def statements(self, region: Region) -> list[ast.stmt]:
        """Return the statements of a region."""
        return self.run(sheet_of(region)).out

    def expressions(self, region: Region) -> tuple[list[ast.stmt], list[ast.expr], list[ast.stmt]]:
        """Return what a region gives, the statements before that, and what deletes their names."""
        sheet = self.run(sheet_of(region))
        return sheet.out, sheet.given, self.deleted(sheet, len(sheet.ops))

    def only(self, region: Region) -> list[ast.expr]:
        """Return what a region gives, where Python has no room for statements."""
        self.flat += 1
        before, given, _ = self.expressions(region)
        self.flat -= 1
        if before:
            reject_statement(region)
        return given

    def item_body(self, region: Region) -> tuple[ast.expr | None, list[ast.stmt]]:
        """Return the target that takes a region's argument, None without one, and the rest."""
        sheet = sheet_of(region)
        value = region.block.args[0]
        target: ast.expr | None = None
        if value.has_one_use():
            found = self.target(sheet, 0, value)
            if found is not None:
                target, sheet.index = found
        if target is None and value.first_use is not None:
            target = ast.Name(self.name(sheet, value), STORE)
        return target, self.run(sheet).out


def sheet_of(region: Region) -> Sheet:
    """Return a new sheet for the block of a region."""
    block = region.block
    return Sheet(block, list(block.ops))


def reject_statement(region: Region) -> NoReturn:
    """Raise CompileError for a region that needs statements where Python takes none."""
    op = region.parent_op()
    assert op is not None, "a region that is printed belongs to an op"
    problem = "a statement stands where Python takes an expression only"
    reject(op, problem, "put the statement before the expression")


def _is_left(statements: Sequence[ast.stmt]) -> bool:
    """Return whether nothing after some statements runs, as far as the last of them tells."""
    last = statements[-1] if statements else None
    while isinstance(last, ast.If):
        if not last.orelse or not _is_left(last.body):
            return False
        last = last.orelse[-1]
    return isinstance(last, _LEAVING)


def _last_use(sheet: Sheet, value: SSAValue) -> int | None:
    """Return the index of the last op of the sheet that needs a value.

    None if a function or class made there needs it, for that may be called at any time.
    """
    last = sheet.index - 1
    for use in value.uses:
        op: Operation | None = use.operation
        while op is not None and op.parent is not sheet.block:
            op = op.parent_op()
            if isinstance(op, _KEEPING):
                return None
        if op is None:
            return None
        last = max(last, sheet.positions[op])
    return last
