"""Expressions: one case a kind of node, operands in the order of their evaluation."""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any, TypeVar, cast

from xdsl.dialects.builtin import IntAttr, LocationAttr, UnitAttr
from xdsl.ir import Block, Operation, Region, SSAValue

from ..dialects import pyobj
from ..dialects.pyobj import LiteralAttr, NamesAttr, Parameters, ParametersAttr
from .lowering import BINARY, COMPARE, UNARY, Lowering

_CONVERSIONS = {-1: "", ord("s"): "s", ord("r"): "r", ord("a"): "a"}


Result = TypeVar("Result")
Parts = Generator[ast.expr, Any, Result]
"""A lowering that gives a node where it needs its value, and gets that."""
Lowered = Parts[SSAValue]


class ExpressionLowering(Lowering):
    """Lowers expressions to values."""

    def expression(self, node: ast.expr) -> SSAValue:
        """Return the value of an expression.

        Expressions may be nested as deep as a line is long, as in `a + b + c`, `a.b().c()` and
        `a ** b ** c`: one loop lowers what needs no region. What evaluates an operand first is
        kept in `around`; what evaluates others in the middle waits for each as a generator.
        """
        location = self.location
        around = list[ast.expr]()
        waiting = list[tuple[int, Lowered, LocationAttr]]()
        while True:
            while (first := _FIRST.get(type(node))) is not None:
                around.append(node)
                node = getattr(node, first)
            self.at(node)
            made = self._innermost(node)
            while True:
                if isinstance(made, Generator):
                    waiting.append((len(around), made, self.location))
                    value = None
                elif waiting and waiting[-1][0] == len(around):
                    value = made
                elif around:
                    outer = around.pop()
                    self.at(outer)
                    made = _AROUND[type(outer)](self, outer, made)
                    continue
                else:
                    self.location = location
                    return made
                _, lowering, self.location = waiting[-1]
                try:
                    node = lowering.send(value)
                    break
                except StopIteration as done:
                    waiting.pop()
                    made = cast(SSAValue, done.value)

    def _innermost(self, node: ast.expr) -> SSAValue | Lowered:
        """Return the value of what evaluates nothing before itself."""
        lower = _EXPRESSIONS.get(type(node))
        if lower is None:
            self.unsupported(node, f"'{type(node).__name__.lower()}'")
            raise AssertionError("unsupported raises")
        return lower(self, node)

    def expressions(self, nodes: Sequence[ast.expr]) -> list[SSAValue]:
        """Return the values of expressions, the first one first."""
        return [self.expression(node) for node in nodes]

    def optional(self, node: ast.expr | None) -> list[SSAValue]:
        """Return the value of what may be missing."""
        return [] if node is None else [self.expression(node)]

    def giving(self, *nodes: ast.expr) -> Region:
        """Return a region that gives the values of expressions."""
        block, location = self.block, self.location
        self.block = inner = Block()
        self.at(nodes[0])
        values = list[SSAValue]()
        for node in nodes:
            values.append(self.expression(node))
        self.emit(pyobj.GiveOp, values)
        self.block, self.location = block, location
        return Region(inner)

    def assign(self, target: ast.expr, value: SSAValue) -> None:
        """Assign a value to a target. Statements say how; comprehensions need it, too."""
        self.at(target)
        match target:
            case ast.Name():
                self.emit(pyobj.StoreOp, [value], variable=self.name(target.id))
            case ast.Attribute():
                owner = self.expression(target.value)
                self.emit(pyobj.SetAttrOp, [value, owner], attribute=self.name(target.attr))
            case ast.Subscript():
                owner = self.expression(target.value)
                self.emit(pyobj.SetItemOp, [value, owner, self.expression(target.slice)])
            case ast.Tuple() | ast.List():
                self._unpack(target, value)
            case _:
                self.unsupported(target, "this target of an assignment")

    def _unpack(self, target: ast.Tuple | ast.List, value: SSAValue) -> None:
        starred = [isinstance(item, ast.Starred) for item in target.elts]
        star = starred.index(True) if True in starred else -1
        op = self.emit(pyobj.UnpackOp, [value], (), len(target.elts), star=IntAttr(star))
        for item, result in zip(target.elts, op.results, strict=True):
            self.assign(item.value if isinstance(item, ast.Starred) else item, result)

    def spread(
        self, nodes: Sequence[ast.expr], keywords: Sequence[ast.keyword] = ()
    ) -> Parts[tuple[list[str], list[SSAValue]]]:
        """Give marks and values of items that may be starred, keywords may follow.

        Python runs through a starred item before it evaluates the next one, but for a call's only
        positional argument. The op runs through it at the end, so that a tuple does it in turn.
        """
        marks, values = list[str](), list[SSAValue]()
        for index, node in enumerate(nodes, 1):
            starred = isinstance(node, ast.Starred)
            marks.append("*" if starred else "")
            value = yield (node.value if starred else node)
            if starred and len(nodes) > 1:
                later = (*nodes[index:], *(keyword.value for keyword in keywords))
                if not _constants(later):
                    value = self.value(pyobj.TupleOp, [value], layout=NamesAttr(("*",)))
            values.append(value)
        return marks, values

    def arguments(
        self, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]
    ) -> Parts[tuple[NamesAttr, list[SSAValue]]]:
        """Give layout and values of a call's arguments."""
        marks, values = yield from self.spread(args, keywords)
        for index, keyword in enumerate(keywords, 1):
            # CPython doesn't mangle private names of keywords.
            marks.append("**" if keyword.arg is None else keyword.arg)
            made = yield keyword.value
            if keyword.arg is None and not _constants(k.value for k in keywords[index:]):
                made = self.merged(made)
            values.append(made)
        return NamesAttr(tuple(marks)), values

    def completed(self, parts: Parts[Any]) -> Any:
        """Return what a lowering gives that waits for the values of its parts."""
        value = None
        while True:
            try:
                node = parts.send(value)
            except StopIteration as done:
                return done.value
            value = self.expression(node)

    def merged(self, mapping: SSAValue) -> SSAValue:
        """Return `{**mapping}`.

        Python merges a mapping before it evaluates the next item; the op does it at the end.
        """
        return self.value(pyobj.DictOp, [mapping], layout=NamesAttr(("**",)))

    def annotation(self, node: ast.expr) -> SSAValue:
        """Return the value of an annotation."""
        inner = node.value if isinstance(node, ast.Starred) else node
        if not self.annotations_are_text:
            return self.expression(inner)
        return self.value(pyobj.ConstantOp, value=LiteralAttr(ast.unparse(inner)))

    def parameters(self, args: ast.arguments) -> tuple[Parameters, list[SSAValue]]:
        """Return the parameters of a def or a lambda, and the values of their defaults."""
        plain = [*args.posonlyargs, *args.args]
        first = len(plain) - len(args.defaults)
        with_default = [arg.arg for arg in plain[first:]]
        values = self.expressions(args.defaults)
        for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
            if default is not None:
                with_default.append(arg.arg)
                values.append(self.expression(default))
        return self.parameter_names(args, with_default), values

    def parameter_names(self, args: ast.arguments, defaults: Sequence[str]) -> Parameters:
        """Return the names of parameters, mangled where they are private."""
        name: Callable[[ast.arg], str] = lambda arg: self.name(arg.arg).data  # noqa: E731
        return Parameters(
            positional_only=tuple(map(name, args.posonlyargs)),
            positional=tuple(map(name, args.args)),
            vararg=None if args.vararg is None else name(args.vararg),
            keyword_only=tuple(map(name, args.kwonlyargs)),
            kwarg=None if args.kwarg is None else name(args.kwarg),
            defaults=tuple(self.name(default).data for default in defaults),
        )


def _constants(nodes: Iterable[ast.expr | None]) -> bool:
    """Return whether nodes are constants, whose evaluation nobody can tell."""
    return all(node is None or isinstance(node, ast.Constant) for node in nodes)


def _constant(self: ExpressionLowering, node: ast.Constant) -> SSAValue:
    return self.value(pyobj.ConstantOp, value=LiteralAttr(node.value))


def _name(self: ExpressionLowering, node: ast.Name) -> SSAValue:
    return self.value(pyobj.LoadOp, variable=self.name(node.id))


def _unary(self: ExpressionLowering, node: ast.UnaryOp, operand: SSAValue) -> SSAValue:
    return self.value(pyobj.UnaryOp, [operand], operator=self.text(UNARY[type(node.op)]))


def _compare(self: ExpressionLowering, node: ast.Compare) -> SSAValue:
    first = self.expression(node.left)
    operators = tuple(COMPARE[type(op)] for op in node.ops)
    if len(operators) == 1:
        second = self.expression(node.comparators[0])
        return self.value(pyobj.CompareOp, [first, second], operator=self.text(operators[0]))
    regions = [self.giving(comparator) for comparator in node.comparators]
    return self.value(pyobj.ChainOp, [first], regions, operators=NamesAttr(operators))


def _logic(self: ExpressionLowering, node: ast.BoolOp) -> SSAValue:
    first = self.expression(node.values[0])
    kind = pyobj.AndOp if isinstance(node.op, ast.And) else pyobj.OrOp
    others = list[Region]()
    for value in node.values[1:]:
        others.append(self.giving(value))
    return self.value(kind, [first], others)


def _ifexp(self: ExpressionLowering, node: ast.IfExp) -> SSAValue:
    """Lower `a if b else …`. What follows `else` is often another one: that is a loop."""
    around = list[tuple[Block, LocationAttr, SSAValue, Region]]()
    while True:
        condition = self.expression(node.test)
        around.append((self.block, self.location, condition, self.giving(node.body)))
        self.block = Block()
        self.at(node.orelse)
        if not isinstance(node.orelse, ast.IfExp):
            break
        node = node.orelse
    value = self.expression(node.orelse)
    while around:
        self.emit(pyobj.GiveOp, [value])
        orelse = Region(self.block)
        self.block, self.location, condition, body = around.pop()
        value = self.value(pyobj.IfExpOp, [condition], [body, orelse])
    return value


def _walrus(self: ExpressionLowering, node: ast.NamedExpr) -> SSAValue:
    value = self.expression(node.value)
    return self.value(pyobj.WalrusOp, [value], variable=self.name(node.target.id))


def _attribute(self: ExpressionLowering, node: ast.Attribute, owner: SSAValue) -> SSAValue:
    return self.value(pyobj.GetAttrOp, [owner], attribute=self.name(node.attr))


def _subscript(self: ExpressionLowering, node: ast.Subscript, owner: SSAValue) -> SSAValue:
    return self.value(pyobj.GetItemOp, [owner, self.expression(node.slice)])


def _slice(self: ExpressionLowering, node: ast.Slice) -> SSAValue:
    none = LiteralAttr(None)
    parts = [
        self.value(pyobj.ConstantOp, value=none) if part is None else self.expression(part)
        for part in (node.lower, node.upper, node.step)
    ]
    return self.value(pyobj.SliceOp, parts)


def _sequence(kind: type[Operation]) -> Callable[[ExpressionLowering, Any], Lowered]:
    def lower(self: ExpressionLowering, node: ast.Tuple | ast.List | ast.Set) -> Lowered:
        marks, values = yield from self.spread(node.elts)
        return self.value(kind, values, layout=NamesAttr(tuple(marks)))

    return lower


def _dict(self: ExpressionLowering, node: ast.Dict) -> SSAValue:
    marks, values = list[str](), list[SSAValue]()
    for index, (key, value) in enumerate(zip(node.keys, node.values, strict=True), 1):
        marks.append("**" if key is None else ":")
        values += self.optional(key)
        made = self.expression(value)
        if key is None and not _constants((*node.keys[index:], *node.values[index:])):
            made = self.merged(made)
        values.append(made)
    return self.value(pyobj.DictOp, values, layout=NamesAttr(tuple(marks)))


def _binary(self: ExpressionLowering, node: ast.BinOp, left: SSAValue) -> Lowered:
    right = yield node.right
    return self.value(pyobj.BinaryOp, [left, right], operator=self.text(BINARY[type(node.op)]))


def _call(self: ExpressionLowering, node: ast.Call, callee: SSAValue) -> Lowered:
    layout, values = yield from self.arguments(node.args, node.keywords)
    return self.value(pyobj.CallOp, [callee, *values], layout=layout)


def _joined(self: ExpressionLowering, node: ast.JoinedStr) -> SSAValue:
    layout = NamesAttr(("",) * len(node.values))
    return self.value(pyobj.JoinOp, self.expressions(node.values), layout=layout)


def _formatted(self: ExpressionLowering, node: ast.FormattedValue) -> SSAValue:
    values = [self.expression(node.value), *self.optional(node.format_spec)]
    conversion = self.text(_CONVERSIONS[node.conversion])
    return self.value(pyobj.FormatOp, values, conversion=conversion)


def _yield(self: ExpressionLowering, node: ast.Yield) -> SSAValue:
    return self.value(pyobj.YieldOp, self.optional(node.value))


def _yield_from(self: ExpressionLowering, node: ast.YieldFrom) -> SSAValue:
    return self.value(pyobj.YieldFromOp, [self.expression(node.value)])


def _lambda(self: ExpressionLowering, node: ast.Lambda) -> SSAValue:
    parameters, values = self.parameters(node.args)
    properties = {"parameters": ParametersAttr(parameters)}
    marks = {"generator": UnitAttr()} if yields(node.body) else {}
    return self.value(pyobj.LambdaOp, values, [self.giving(node.body)], **properties, **marks)


def _comprehension(kind: str) -> Callable[[ExpressionLowering, Any], SSAValue]:
    def lower(self: ExpressionLowering, node: Any) -> SSAValue:
        clauses: list[ast.comprehension] = node.generators
        first = self.expression(clauses[0].iter)
        layout, regions = list[str](), list[Region]()
        for index, clause in enumerate(clauses):
            if clause.is_async:
                self.unsupported(node, "an async comprehension")
            if index:
                layout.append("iterable")
                regions.append(self.giving(clause.iter))
            layout.append("target")
            target = clause.target
            regions.append(self.region(lambda b, t=target: self.assign(t, b.args[0]), 1))
            for condition in clause.ifs:
                layout.append("if")
                regions.append(self.giving(condition))
        layout.append("element")
        element = (node.key, node.value) if kind == "dict" else (node.elt,)
        regions.append(self.giving(*element))
        names = NamesAttr(tuple(layout))
        op = pyobj.ComprehensionOp
        return self.value(op, [first], regions, kind=self.text(kind), layout=names)

    return lower


def yields(*nodes: ast.AST) -> bool:
    """Return whether a body has a `yield` of its own."""
    rest = list(nodes)
    while rest:
        node = rest.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        rest += ast.iter_child_nodes(node)
    return False


_EXPRESSIONS: dict[type[ast.expr], Callable[[ExpressionLowering, Any], SSAValue | Lowered]] = {
    **{ast.Constant: _constant, ast.Name: _name, ast.Slice: _slice, ast.Dict: _dict},
    **{ast.Compare: _compare, ast.BoolOp: _logic, ast.IfExp: _ifexp, ast.NamedExpr: _walrus},
    **{ast.Tuple: _sequence(pyobj.TupleOp), ast.List: _sequence(pyobj.ListOp)},
    **{ast.Set: _sequence(pyobj.SetOp)},
    **{ast.JoinedStr: _joined, ast.FormattedValue: _formatted},
    **{ast.Yield: _yield, ast.YieldFrom: _yield_from, ast.Lambda: _lambda},
    **{ast.ListComp: _comprehension("list"), ast.SetComp: _comprehension("set")},
    **{ast.DictComp: _comprehension("dict"), ast.GeneratorExp: _comprehension("generator")},
}

_AROUND: dict[type[ast.expr], Callable[[ExpressionLowering, Any, SSAValue], SSAValue | Lowered]] = {
    **{ast.UnaryOp: _unary, ast.BinOp: _binary, ast.Call: _call},
    **{ast.Attribute: _attribute, ast.Subscript: _subscript},
}
"""The rest of an expression, from the value of its `_FIRST` part."""

_FIRST: dict[type[ast.expr], str] = {
    **{ast.UnaryOp: "operand", ast.BinOp: "left", ast.Call: "func"},
    **{ast.Attribute: "value", ast.Subscript: "value"},
}
