"""Values as Python: one case a kind of op."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Sequence
from typing import cast

from xdsl.ir import Region, SSAValue

from ..dialects import pyobj
from ..dialects.pyobj import LiteralAttr, Parameters
from .emit_order import (
    LOAD,
    STORE,
    Handler,
    Ordering,
    Sheet,
    reject_statement,
)
from .lowering import BINARY, COMPARE, UNARY

BINARY_NODES = {word: node for node, word in BINARY.items()}
_COMPARE_NODES = {word: node for node, word in COMPARE.items()}
_UNARY_NODES = {word: node for node, word in UNARY.items()}
_CONVERSIONS = {"": -1, "s": ord("s"), "r": ord("r"), "a": ord("a")}


def _constant(self: Ordering, sheet: Sheet, op: pyobj.ConstantOp) -> ast.expr | None:
    attribute, result = op.value, op.result
    if not isinstance(attribute, LiteralAttr):
        name = self.object_name(attribute.data)
        self.free(sheet, result, lambda: ast.Name(name, LOAD))
        return None
    value = attribute.data
    if result.first_use is None:
        # The body of a stub; other constants that nothing uses say nothing.
        return ast.Constant(value) if value is ... else None

    def make() -> ast.expr:
        node = literal(value)
        self.place(node, op)
        return node

    self.free(sheet, result, make)
    return None


def literal(value: pyobj.Literal) -> ast.expr:
    """Return a literal; a negative number is written as Python reads it."""
    negative = math.copysign(1, value) < 0 if isinstance(value, float) else _is_below_zero(value)
    if negative and isinstance(value, int | float):
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(cast("int", value))


def _is_below_zero(value: pyobj.Literal) -> bool:
    return isinstance(value, int) and value < 0


def _load(self: Ordering, sheet: Sheet, op: pyobj.LoadOp) -> ast.expr:
    return ast.Name(op.variable.data, LOAD)


def _walrus(self: Ordering, sheet: Sheet, op: pyobj.WalrusOp) -> ast.expr:
    (value,) = self.take(sheet, op.operands)
    target = ast.Name(op.variable.data, STORE)
    self.place(target, op)
    return ast.NamedExpr(target, value)


def _unary(self: Ordering, sheet: Sheet, op: pyobj.UnaryOp) -> ast.expr:
    (operand,) = self.take(sheet, op.operands)
    return ast.UnaryOp(_UNARY_NODES[op.operator.data](), operand)


def _binary(self: Ordering, sheet: Sheet, op: pyobj.BinaryOp) -> ast.expr:
    left, right = self.take(sheet, op.operands)
    return ast.BinOp(left, BINARY_NODES[op.operator.data](), right)


def _compare(self: Ordering, sheet: Sheet, op: pyobj.CompareOp) -> ast.expr:
    left, right = self.take(sheet, op.operands)
    return ast.Compare(left, [_COMPARE_NODES[op.operator.data]()], [right])


def _chain(self: Ordering, sheet: Sheet, op: pyobj.ChainOp) -> ast.expr | None:
    parts = [self.expressions(region) for region in op.comparators]
    (first,) = self.take(sheet, op.operands)
    operators = [_COMPARE_NODES[word]() for word in op.operators.data]
    if not any(before for before, _, _ in parts):
        return ast.Compare(first, operators, [given[0] for _, given, _ in parts])
    self.flush(sheet)
    left, result = self.fresh("_t"), self.name(sheet, op.result)
    sheet.out.append(_assign(left, first))
    out, made = sheet.out, [left]
    for (before, given, after), operator in zip(parts, operators, strict=True):
        if len(made) > 1:
            inner = list[ast.stmt]()
            out.append(ast.If(ast.Name(result, LOAD), inner, []))
            out = inner
        right = self.fresh("_t")
        compared = ast.Compare(ast.Name(made[-1], LOAD), [operator], [ast.Name(right, LOAD)])
        out += [*before, _assign(right, given[0]), *after, _assign(result, compared)]
        made.append(right)
    _forget(sheet, made)
    return None


def _forget(sheet: Sheet, names: Sequence[str]) -> None:
    """Let go of what names of ours hold; some may not be bound, so that `del` can't."""
    sheet.out += [_assign(name, ast.Constant(None)) for name in names]


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.copy_location(ast.Assign([ast.Name(name, STORE)], value), value)


def _logic(self: Ordering, sheet: Sheet, op: pyobj.AndOp | pyobj.OrOp) -> ast.expr | None:
    parts = [self.expressions(region) for region in op.others]
    (first,) = self.take(sheet, op.operands)
    both = isinstance(op, pyobj.AndOp)
    if not any(before for before, _, _ in parts):
        return ast.BoolOp(ast.And() if both else ast.Or(), [first, *(p[1][0] for p in parts)])
    self.flush(sheet)
    name = self.name(sheet, op.result)
    sheet.out.append(_assign(name, first))
    out = sheet.out
    for before, given, after in parts:
        test = ast.Name(name, LOAD)
        inner = [*before, _assign(name, given[0]), *after]
        out.append(ast.If(test if both else ast.UnaryOp(ast.Not(), test), inner, []))
        out = inner
    return None


def _ifexp(self: Ordering, sheet: Sheet, op: pyobj.IfExpOp) -> ast.expr | None:
    parts = [self.expressions(region) for region in (op.body, op.orelse)]
    (test,) = self.take(sheet, op.operands)
    if not any(before for before, _, _ in parts):
        return ast.IfExp(test, parts[0][1][0], parts[1][1][0])
    self.flush(sheet)
    name = self.name(sheet, op.result)
    body, orelse = [[*b, _assign(name, given[0]), *after] for b, given, after in parts]
    sheet.out.append(ast.copy_location(ast.If(test, body, orelse), test))
    return None


def _getattr(self: Ordering, sheet: Sheet, op: pyobj.GetAttrOp) -> ast.expr:
    (owner,) = self.take(sheet, op.operands)
    return ast.Attribute(owner, op.attribute.data, LOAD)


def _getitem(self: Ordering, sheet: Sheet, op: pyobj.GetItemOp) -> ast.expr:
    owner, key = self.take(sheet, op.operands)
    return ast.Subscript(owner, self.subscript_key(key), LOAD)


def _slice(self: Ordering, sheet: Sheet, op: pyobj.SliceOp) -> ast.expr:
    parts = self.take(sheet, op.operands)
    written = [
        None if isinstance(part, ast.Constant) and part.value is None else part for part in parts
    ]
    call = ast.Call(ast.Name("", LOAD), parts, [])
    self.slices[call] = ast.Slice(*written)
    if not _is_key(op.result):
        self.name_slices(call)
    return call


def _is_key(value: SSAValue) -> bool:
    """Return whether a slice, or a tuple of slices, stands in a subscript."""
    use = value.get_user_of_unique_use()
    if isinstance(use, pyobj.TupleOp):
        value = use.result
        use = value.get_user_of_unique_use()
    keyed = (pyobj.GetItemOp, pyobj.SetItemOp, pyobj.DelItemOp, pyobj.AugSetItemOp)
    return isinstance(use, keyed) and use.key is value


def arguments_of(
    marks: Sequence[str], values: Sequence[ast.expr]
) -> tuple[list[ast.expr], list[ast.keyword]]:
    """Return the arguments of a call or the bases of a class, from their marks."""
    positional, keywords = list[ast.expr](), list[ast.keyword]()
    in_turn = sum(mark in ("", "*") for mark in marks) > 1
    for mark, value in zip(marks, values, strict=True):
        if not mark:
            positional.append(value)
        elif mark == "*":
            # The tuple of a starred item alone is what Python makes of it between others.
            inner = value.elts if in_turn and isinstance(value, ast.Tuple) else []
            alone = len(inner) == 1 and isinstance(inner[0], ast.Starred)
            starred = inner[0] if alone else ast.Starred(value, LOAD)
            positional.append(ast.copy_location(starred, value))
        else:
            named = mark != "**"
            inner = value if named or len(marks) == 1 else _mapping(value)
            keywords.append(ast.keyword(mark if named else None, inner))
    return positional, keywords


def _call(self: Ordering, sheet: Sheet, op: pyobj.CallOp) -> ast.expr:
    callee, *values = self.take(sheet, op.operands)
    return ast.Call(callee, *arguments_of(op.layout.data, values))


def _items(
    self: Ordering, sheet: Sheet, op: pyobj.TupleOp | pyobj.ListOp | pyobj.SetOp
) -> list[ast.expr]:
    return arguments_of(op.layout.data, self.take(sheet, op.operands))[0]


def _tuple(self: Ordering, sheet: Sheet, op: pyobj.TupleOp) -> ast.expr:
    return ast.Tuple(_items(self, sheet, op), LOAD)


def _list(self: Ordering, sheet: Sheet, op: pyobj.ListOp) -> ast.expr:
    return ast.List(_items(self, sheet, op), LOAD)


def _set(self: Ordering, sheet: Sheet, op: pyobj.SetOp) -> ast.expr:
    return ast.Set(_items(self, sheet, op))


def _dict(self: Ordering, sheet: Sheet, op: pyobj.DictOp) -> ast.expr:
    values = iter(self.take(sheet, op.operands))
    pairs = [(next(values) if mark == ":" else None, next(values)) for mark in op.layout.data]
    if len(pairs) > 1:
        pairs = [(key, _mapping(value) if key is None else value) for key, value in pairs]
    return ast.Dict([key for key, _ in pairs], [value for _, value in pairs])


def _mapping(value: ast.expr) -> ast.expr:
    """Return `m` for `{**m}`, which is what Python makes of it between other items."""
    return value.values[0] if isinstance(value, ast.Dict) and value.keys == [None] else value


def _format(self: Ordering, sheet: Sheet, op: pyobj.FormatOp) -> ast.expr:
    value, *spec = self.take(sheet, op.operands)
    written = _joined(self, spec) if spec else None
    conversion = _CONVERSIONS[op.conversion.data]
    field = ast.FormattedValue(value, conversion, written)
    self.place(field, op)
    text = ast.JoinedStr([field])
    self.fields.add(text)
    return text


def _join(self: Ordering, sheet: Sheet, op: pyobj.JoinOp) -> ast.expr:
    return _joined(self, self.take(sheet, op.operands))


def _joined(self: Ordering, parts: Sequence[ast.expr]) -> ast.JoinedStr:
    """Return an f-string of texts; an f-string that is the only one stays as it is."""
    if len(parts) == 1 and isinstance(parts[0], ast.JoinedStr) and parts[0] not in self.fields:
        return parts[0]
    values = list[ast.expr]()
    for part in parts:
        if isinstance(part, ast.JoinedStr) and part in self.fields:
            values += part.values
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            values.append(part)
        else:
            values.append(ast.copy_location(ast.FormattedValue(part, -1, None), part))
    return ast.JoinedStr(values)


def _yield(self: Ordering, sheet: Sheet, op: pyobj.YieldOp) -> ast.expr:
    values = self.take(sheet, op.operands)
    return ast.Yield(values[0] if values else None)


def _yield_from(self: Ordering, sheet: Sheet, op: pyobj.YieldFromOp) -> ast.expr:
    (iterable,) = self.take(sheet, op.operands)
    return ast.YieldFrom(iterable)


def parameters_of(parameters: Parameters, defaults: Sequence[ast.expr]) -> ast.arguments:
    """Return the parameters of a def or a lambda."""
    values = dict(zip(parameters.defaults, defaults, strict=True))
    plain = (*parameters.positional_only, *parameters.positional)
    return ast.arguments(
        posonlyargs=[ast.arg(name) for name in parameters.positional_only],
        args=[ast.arg(name) for name in parameters.positional],
        vararg=None if parameters.vararg is None else ast.arg(parameters.vararg),
        kwonlyargs=[ast.arg(name) for name in parameters.keyword_only],
        kw_defaults=[values.get(name) for name in parameters.keyword_only],
        kwarg=None if parameters.kwarg is None else ast.arg(parameters.kwarg),
        defaults=[values[name] for name in plain if name in values],
    )


def _lambda(self: Ordering, sheet: Sheet, op: pyobj.LambdaOp) -> ast.expr | None:
    parameters = parameters_of(op.parameters.data, self.take(sheet, op.operands))
    self.flat += 1
    before, given, _ = self.expressions(op.body)
    self.flat -= 1
    if not before:
        return ast.Lambda(parameters, given[0])
    self.flush(sheet)
    body = [*before, ast.copy_location(ast.Return(given[0]), given[0])]
    name = self.name(sheet, op.result)
    definition = ast.FunctionDef(name, parameters, body, [])
    self.place(definition, op)
    sheet.out.append(definition)
    return None


def _comprehension(self: Ordering, sheet: Sheet, op: pyobj.ComprehensionOp) -> ast.expr:
    (iterable,) = self.take(sheet, op.operands)
    clauses, element = list[ast.comprehension](), list[ast.expr]()
    for word, region in zip(op.layout.data, op.parts, strict=True):
        match word:
            case "target":
                target = _comprehension_target(self, region)
                clauses.append(ast.comprehension(target, iterable, [], 0))
            case "iterable":
                (iterable,) = self.only(region)
            case "if":
                clauses[-1].ifs += self.only(region)
            case _:
                element = self.only(region)
    if op.kind.data == "dict":
        return ast.DictComp(element[0], element[1], clauses)
    return _COMPREHENSIONS[op.kind.data](element[0], clauses)


_COMPREHENSIONS: dict[str, Callable[[ast.expr, list[ast.comprehension]], ast.expr]] = {
    **{"list": ast.ListComp, "set": ast.SetComp, "generator": ast.GeneratorExp},
}


def _comprehension_target(self: Ordering, region: Region) -> ast.expr:
    self.flat += 1
    target, rest = self.item_body(region)
    self.flat -= 1
    if rest:
        reject_statement(region)
    return target or ast.Name(self.fresh("_t"), STORE)


def _import_module(self: Ordering, sheet: Sheet, op: pyobj.ImportModuleOp) -> ast.expr:
    return _module(op.module.data)


def _global(self: Ordering, sheet: Sheet, op: pyobj.GlobalOp) -> ast.expr:
    return ast.Attribute(_module(op.module.data), op.variable.data, LOAD)


def _module(name: str) -> ast.expr:
    arguments: list[ast.expr] = [ast.Constant(name)]
    if "." in name:
        # With a name to import from it, the innermost module is returned; each has this one.
        names = ast.Tuple([ast.Constant("__name__")], LOAD)
        arguments += [ast.Constant(None), ast.Constant(None), names]
    return ast.Call(ast.Name("__import__", LOAD), arguments, [])


def _segment(self: Ordering, sheet: Sheet, op: pyobj.SegmentOp) -> ast.expr | None:
    name = op.callee.root_reference.data
    self.free(sheet, op.result, lambda: ast.Name(name, LOAD))
    return None


def _runtime(self: Ordering, sheet: Sheet, op: pyobj.RuntimeOp) -> ast.expr | None:
    name = f"_runtime_{op.function.data}"
    self.free(sheet, op.result, lambda: ast.Name(name, LOAD))
    return None


VALUES: dict[type, Handler] = {
    **{pyobj.ConstantOp: _constant, pyobj.LoadOp: _load, pyobj.WalrusOp: _walrus},
    **{pyobj.UnaryOp: _unary, pyobj.BinaryOp: _binary, pyobj.CompareOp: _compare},
    **{pyobj.ChainOp: _chain, pyobj.AndOp: _logic, pyobj.OrOp: _logic, pyobj.IfExpOp: _ifexp},
    **{pyobj.GetAttrOp: _getattr, pyobj.GetItemOp: _getitem, pyobj.SliceOp: _slice},
    **{pyobj.CallOp: _call, pyobj.TupleOp: _tuple, pyobj.ListOp: _list, pyobj.SetOp: _set},
    **{pyobj.DictOp: _dict, pyobj.FormatOp: _format, pyobj.JoinOp: _join},
    **{pyobj.YieldOp: _yield, pyobj.YieldFromOp: _yield_from},
    **{pyobj.LambdaOp: _lambda, pyobj.ComprehensionOp: _comprehension},
    **{pyobj.ImportModuleOp: _import_module, pyobj.GlobalOp: _global},
    **{pyobj.SegmentOp: _segment, pyobj.RuntimeOp: _runtime},
}
