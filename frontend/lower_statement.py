"""Statements: one case a kind of node."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from xdsl.dialects.builtin import ArrayAttr, IntAttr, LocationAttr, UnitAttr
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from ..dialects import pyobj
from ..dialects.pyobj import LiteralAttr, NamesAttr, ParametersAttr, PatternAttr
from .lower_expression import ExpressionLowering, yields
from .lowering import BINARY, mangle_pattern


class StatementLowering(ExpressionLowering):
    """Lowers statements to ops."""

    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        """Lower statements, the first one first."""
        for node in nodes:
            self.at(node)
            lower = _STATEMENTS.get(type(node))
            if lower is None:
                self.unsupported(node, "async code")
            else:
                lower(self, node)

    def body(self, nodes: Sequence[ast.stmt]) -> Region:
        """Return a region of statements."""
        return self.region(lambda _: self.statements(nodes))

    def returned(self, node: ast.expr) -> None:
        """Lower the body of a lambda: its value is returned."""
        self.at(node)
        self.emit(pyobj.ReturnOp, [self.expression(node)])

    def giving_or_empty(self, node: ast.expr | None) -> Region:
        """Return a region that gives a value, or one with an empty block."""
        return Region(Block()) if node is None else self.giving(node)


def _expr(self: StatementLowering, node: ast.Expr) -> None:
    self.expression(node.value)


def _assign(self: StatementLowering, node: ast.Assign) -> None:
    value = self.expression(node.value)
    for target in node.targets:
        self.assign(target, value)


def _annotated(self: StatementLowering, node: ast.AnnAssign) -> None:
    if node.value is not None:
        self.assign(node.target, self.expression(node.value))
    elif isinstance(node.target, ast.Attribute | ast.Subscript):
        # Nothing is assigned; Python still evaluates what the target is made of.
        self.expression(node.target.value)
        if isinstance(node.target, ast.Subscript):
            self.expression(node.target.slice)
    if self.in_function:
        if node.value is None and isinstance(node.target, ast.Name):
            names = NamesAttr((self.name(node.target.id).data,))
            self.emit(pyobj.DeclareOp, scope=self.text("local"), variables=names)
    elif node.simple and isinstance(node.target, ast.Name):
        annotation = self.annotation(node.annotation)
        self.emit(pyobj.AnnotateOp, [annotation], variable=self.name(node.target.id))
    elif not self.annotations_are_text:
        self.expression(node.annotation)


def _augmented(self: StatementLowering, node: ast.AugAssign) -> None:
    operator = self.text(BINARY[type(node.op)])
    match node.target:
        case ast.Name():
            name = self.name(node.target.id)
            right = [self.giving(node.value)]
            self.emit(pyobj.AugStoreOp, (), right, variable=name, operator=operator)
        case ast.Attribute():
            owner = self.expression(node.target.value)
            name = self.name(node.target.attr)
            right = [self.giving(node.value)]
            self.emit(pyobj.AugSetAttrOp, [owner], right, attribute=name, operator=operator)
        case ast.Subscript():
            operands = self.expressions((node.target.value, node.target.slice))
            self.emit(pyobj.AugSetItemOp, operands, [self.giving(node.value)], operator=operator)


def _delete(self: StatementLowering, node: ast.Delete) -> None:
    for target in node.targets:
        _delete_one(self, target)


def _delete_one(self: StatementLowering, target: ast.expr) -> None:
    self.at(target)
    match target:
        case ast.Name():
            self.emit(pyobj.DeleteOp, variable=self.name(target.id))
        case ast.Attribute():
            owner = self.expression(target.value)
            self.emit(pyobj.DelAttrOp, [owner], attribute=self.name(target.attr))
        case ast.Subscript():
            self.emit(pyobj.DelItemOp, self.expressions((target.value, target.slice)))
        case ast.Tuple() | ast.List():
            for item in target.elts:
                _delete_one(self, item)
        case _:
            self.unsupported(target, "this target of 'del'")


def _if(self: StatementLowering, node: ast.If) -> None:
    """Lower an `if`. Each `elif` is an `if` in the `else` of the last one: that is a loop."""
    around = list[tuple[Block, LocationAttr, SSAValue, Region]]()
    while True:
        condition = self.expression(node.test)
        around.append((self.block, self.location, condition, self.body(node.body)))
        self.block = Block()
        match node.orelse:
            case [ast.If() as node]:
                self.at(node)
            case _:
                break
    self.statements(node.orelse)
    while around:
        orelse = Region(self.block)
        self.block, self.location, condition, body = around.pop()
        self.emit(pyobj.IfOp, [condition], [body, orelse])


def _while(self: StatementLowering, node: ast.While) -> None:
    regions = [self.giving(node.test), self.body(node.body), self.body(node.orelse)]
    self.emit(pyobj.WhileOp, (), regions)


def _for(self: StatementLowering, node: ast.For) -> None:
    iterable = self.expression(node.iter)

    def fill(block: Block) -> None:
        self.assign(node.target, block.args[0])
        self.statements(node.body)

    self.emit(pyobj.ForOp, [iterable], [self.region(fill, 1), self.body(node.orelse)])


def _try(self: StatementLowering, node: ast.Try | ast.TryStar) -> None:
    regions, names = [self.body(node.body)], list[str]()
    for handler in node.handlers:
        self.at(handler)
        names.append("" if handler.name is None else self.name(handler.name).data)
        regions += [self.giving_or_empty(handler.type), self.body(handler.body)]
    regions += [self.body(node.orelse), self.body(node.finalbody)]
    properties: dict[str, Attribute] = {"names": NamesAttr(tuple(names))}
    if isinstance(node, ast.TryStar):
        properties["star"] = UnitAttr()
    self.at(node)
    self.emit(pyobj.TryOp, (), regions, **properties)


def _with(self: StatementLowering, node: ast.With, index: int = 0) -> None:
    item = node.items[index]
    self.at(node)
    manager = self.expression(item.context_expr)

    def fill(block: Block) -> None:
        if item.optional_vars is not None:
            self.assign(item.optional_vars, block.args[0])
        if index + 1 < len(node.items):
            _with(self, node, index + 1)
        else:
            self.statements(node.body)

    self.emit(pyobj.WithOp, [manager], [self.region(fill, 1)])


def _match(self: StatementLowering, node: ast.Match) -> None:
    subject = self.expression(node.subject)
    regions = list[Region]()
    for case in node.cases:
        regions += [self.giving_or_empty(case.guard), self.body(case.body)]
    patterns = ArrayAttr([PatternAttr(mangle_pattern(c.pattern, self.owner)) for c in node.cases])
    self.emit(pyobj.MatchOp, [subject], regions, patterns=patterns)


def _return(self: StatementLowering, node: ast.Return) -> None:
    self.emit(pyobj.ReturnOp, self.optional(node.value))


def _raise(self: StatementLowering, node: ast.Raise) -> None:
    self.emit(pyobj.RaiseOp, [*self.optional(node.exc), *self.optional(node.cause)])


def _assert(self: StatementLowering, node: ast.Assert) -> None:
    condition = self.expression(node.test)
    self.emit(pyobj.AssertOp, [condition], [self.giving_or_empty(node.msg)])


def _plain(kind: type[Operation]) -> Callable[[StatementLowering, Any], None]:
    def lower(self: StatementLowering, node: ast.stmt) -> None:
        self.emit(kind)

    return lower


def _declare(self: StatementLowering, node: ast.Global | ast.Nonlocal) -> None:
    scope = "global" if isinstance(node, ast.Global) else "nonlocal"
    names = NamesAttr(tuple(self.name(name).data for name in node.names))
    self.emit(pyobj.DeclareOp, scope=self.text(scope), variables=names)


def _import(self: StatementLowering, node: ast.Import) -> None:
    for alias in node.names:
        properties = {"module": self.text(alias.name)}
        if alias.asname is not None:
            properties["alias"] = self.name(alias.asname)
        self.emit(pyobj.ImportOp, **properties)


def _import_from(self: StatementLowering, node: ast.ImportFrom) -> None:
    self.emit(
        pyobj.ImportFromOp,
        level=IntAttr(node.level),
        module=self.text(node.module or ""),
        names=NamesAttr(tuple(alias.name for alias in node.names)),
        variables=NamesAttr(
            tuple(self.name(alias.asname or alias.name).data for alias in node.names)
        ),
    )


def _def(self: StatementLowering, node: ast.FunctionDef) -> None:
    decorators = self.expressions(node.decorator_list)
    self.at(node)
    parameters, defaults = self.parameters(node.args)
    names, annotations = _annotations(self, node)
    body, doc = docstring(node.body)
    outer, self.in_function = self.in_function, True
    region = self.body(body)
    self.in_function = outer
    properties: dict[str, Attribute] = {
        "function": self.text(node.name),
        "variable": self.name(node.name),
        "parameters": ParametersAttr(parameters),
        "annotated": NamesAttr(tuple(names)),
    }
    if doc is not None:
        properties["doc"] = LiteralAttr(doc)
    if yields(*node.body):
        properties["generator"] = UnitAttr()
    self.at(node)
    self.emit(pyobj.DefOp, [*decorators, *defaults, *annotations], [region], **properties)


def _annotations(
    self: StatementLowering, node: ast.FunctionDef
) -> tuple[list[str], list[SSAValue]]:
    """Return annotated names and their annotations, in the order of evaluation."""
    names, values = list[str](), list[SSAValue]()
    args = node.args
    plain = [*args.args, *args.posonlyargs]
    vararg = [args.vararg] if args.vararg else []
    kwarg = [args.kwarg] if args.kwarg else []
    for arg in (*plain, *vararg, *args.kwonlyargs, *kwarg):
        if arg.annotation is None:
            continue
        starred = isinstance(arg.annotation, ast.Starred)
        names.append(("*" if starred else "") + self.name(arg.arg).data)
        values.append(self.annotation(arg.annotation))
    if node.returns is not None:
        names.append("return")
        values.append(self.annotation(node.returns))
    return names, values


def _class(self: StatementLowering, node: ast.ClassDef) -> None:
    decorators = self.expressions(node.decorator_list)
    self.at(node)
    layout, bases = self.completed(self.arguments(node.bases, node.keywords))
    body, doc = docstring(node.body)
    variable = self.name(node.name)
    outer = (self.in_function, self.owner)
    self.in_function, self.owner = False, node.name
    region = self.body(body)
    self.in_function, self.owner = outer
    properties: dict[str, Attribute] = {
        "class_name": self.text(node.name),
        "variable": variable,
        "layout": layout,
    }
    if doc is not None:
        properties["doc"] = LiteralAttr(doc)
    self.at(node)
    self.emit(pyobj.ClassOp, [*decorators, *bases], [region], **properties)


def docstring(body: Sequence[ast.stmt]) -> tuple[Sequence[ast.stmt], str | None]:
    """Return a body without its docstring, and that."""
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        if isinstance(first.value.value, str):
            return body[1:], first.value.value
    return body, None


_STATEMENTS: dict[type[ast.stmt], Callable[[StatementLowering, Any], None]] = {
    **{ast.Expr: _expr, ast.Assign: _assign, ast.AnnAssign: _annotated},
    **{ast.AugAssign: _augmented, ast.Delete: _delete, ast.If: _if, ast.While: _while},
    **{ast.For: _for, ast.Try: _try, ast.TryStar: _try, ast.With: _with, ast.Match: _match},
    **{ast.Return: _return, ast.Raise: _raise, ast.Assert: _assert},
    **{ast.Break: _plain(pyobj.BreakOp), ast.Continue: _plain(pyobj.ContinueOp)},
    **{ast.Pass: _plain(pyobj.PassOp), ast.Global: _declare, ast.Nonlocal: _declare},
    **{ast.Import: _import, ast.ImportFrom: _import_from},
    **{ast.FunctionDef: _def, ast.ClassDef: _class},
}
