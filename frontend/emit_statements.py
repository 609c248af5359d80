"""Statements as Python: one case a kind of op."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any

from xdsl.ir import Operation, Region

from ..dialects import pyobj
from .emit_order import DELETE, LOAD, STORE, Handler, Ordering, Sheet, sheet_of
from .emit_values import BINARY_NODES, arguments_of, parameters_of
from .lower_expression import yields


def _assign(self: Ordering, sheet: Sheet, op: Operation) -> ast.stmt:
    value, *rest = self.take(sheet, op.operands)
    return ast.Assign([self.assignable(op, rest)], value)


def _unpack(self: Ordering, sheet: Sheet, op: pyobj.UnpackOp) -> ast.stmt:
    (value,) = self.take(sheet, op.operands)
    self.flush(sheet)
    targets, index = list[ast.expr](), sheet.index
    for result in op.items:
        found = self.target(sheet, index, result) if result.has_one_use() else None
        if found is None:
            targets.clear()
            targets += [ast.Name(self.name(sheet, item), STORE) for item in op.items]
            index = sheet.index
            break
        targets.append(found[0])
        index = found[1]
    sheet.index = index
    return ast.Assign([self.items_target(op, targets)], value)


def _deleting(self: Ordering, target: ast.expr, op: Operation) -> ast.stmt:
    self.place(target, op)
    return ast.Delete([target])


def _delete(self: Ordering, sheet: Sheet, op: pyobj.DeleteOp) -> ast.stmt:
    return _deleting(self, ast.Name(op.variable.data, DELETE), op)


def _delattr(self: Ordering, sheet: Sheet, op: pyobj.DelAttrOp) -> ast.stmt:
    (owner,) = self.take(sheet, op.operands)
    return _deleting(self, ast.Attribute(owner, op.attribute.data, DELETE), op)


def _delitem(self: Ordering, sheet: Sheet, op: pyobj.DelItemOp) -> ast.stmt:
    owner, key = self.take(sheet, op.operands)
    return _deleting(self, ast.Subscript(owner, self.subscript_key(key), DELETE), op)


def _aug_store(self: Ordering, sheet: Sheet, op: pyobj.AugStoreOp) -> ast.stmt:
    return _augmented(self, sheet, op, lambda _, ctx: ast.Name(op.variable.data, ctx))


def _aug_setattr(self: Ordering, sheet: Sheet, op: pyobj.AugSetAttrOp) -> ast.stmt:
    return _augmented(self, sheet, op, lambda r, ctx: ast.Attribute(r[0], op.attribute.data, ctx))


def _aug_setitem(self: Ordering, sheet: Sheet, op: pyobj.AugSetItemOp) -> ast.stmt:
    return _augmented(
        self, sheet, op, lambda r, ctx: ast.Subscript(r[0], self.subscript_key(r[1]), ctx)
    )


def _augmented(
    self: Ordering,
    sheet: Sheet,
    op: pyobj.AugStoreOp | pyobj.AugSetAttrOp | pyobj.AugSetItemOp,
    make: Callable[[Sequence[ast.expr], Any], ast.Name | ast.Attribute | ast.Subscript],
) -> ast.stmt:
    """Return `target += value`; in four steps where the value needs statements."""
    before, given, after = self.expressions(op.value)
    rest = self.take(sheet, op.operands)
    operator = BINARY_NODES[op.operator.data]()
    if not before:
        target = make(rest, STORE)
        self.place(target, op)
        return ast.AugAssign(target, operator, given[0])
    self.flush(sheet)
    names = [self.fresh("_t") for _ in rest]
    for name, value in zip(names, rest, strict=True):
        self.name_slices(value)
        sheet.out.append(ast.Assign([ast.Name(name, STORE)], value))
    old = self.fresh("_t")
    loaded = make([ast.Name(name, LOAD) for name in names], LOAD)
    sheet.out.append(ast.Assign([ast.Name(old, STORE)], loaded))
    sheet.out += [*before, ast.AugAssign(ast.Name(old, STORE), operator, given[0]), *after]
    stored = make([ast.Name(name, LOAD) for name in names], STORE)
    sheet.out.append(ast.Assign([stored], ast.Name(old, LOAD)))
    return ast.Delete([ast.Name(name, DELETE) for name in [*names, old]])


def _annotate(self: Ordering, sheet: Sheet, op: pyobj.AnnotateOp) -> ast.stmt:
    (annotation,) = self.take(sheet, op.operands)
    target = ast.Name(op.variable.data, STORE)
    self.place(target, op)
    return ast.AnnAssign(target, annotation, None, 1)


def _declare(self: Ordering, sheet: Sheet, op: pyobj.DeclareOp) -> ast.stmt | None:
    names = list(op.variables.data)
    match op.scope.data:
        case "global":
            return ast.Global(names)
        case "nonlocal":
            return ast.Nonlocal(names)
        case _:
            # A function never evaluates this annotation.
            for name in names:
                none = ast.Constant(None)
                declaration = ast.AnnAssign(ast.Name(name, STORE), none, None, 1)
                self.place(declaration, op)
                self.flush(sheet)
                sheet.out.append(declaration)
            return None


def body_of(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return a body; Python has no empty one."""
    return statements or [ast.Pass()]


def _if(self: Ordering, sheet: Sheet, op: pyobj.IfOp) -> ast.stmt:
    """Return an `if`. An `if` that ends its `else` is, most often, an `elif`: that is a loop."""
    first = outer = _if_without_else(self, sheet, op)
    while isinstance(last := op.orelse.block.last_op, pyobj.IfOp):
        sheet = self.run(sheet_of(op.orelse), last)
        sheet.index += 1
        op, inner = last, _if_without_else(self, sheet, last)
        self.place(inner, op)
        sheet.out.append(inner)
        sheet.out += self.deleted(sheet, sheet.index)
        outer.orelse, outer = sheet.out, inner
    outer.orelse = self.statements(op.orelse)
    return first


def _if_without_else(self: Ordering, sheet: Sheet, op: pyobj.IfOp) -> ast.If:
    (test,) = self.take(sheet, op.operands)
    self.flush(sheet)
    return ast.If(test, body_of(self.statements(op.body)), [])


def _while(self: Ordering, sheet: Sheet, op: pyobj.WhileOp) -> ast.stmt:
    self.flush(sheet)
    before, given, after = self.expressions(op.condition)
    body, orelse = self.statements(op.body), self.statements(op.orelse)
    if not before:
        return ast.While(given[0], body_of(body), orelse)
    # `continue` where the condition fails, so that `else` runs and `break` skips it as ever.
    done = self.fresh("_t")
    self.flush(sheet)
    sheet.out.append(ast.Assign([ast.Name(done, STORE)], ast.Constant(False)))
    test = ast.Assign([ast.Name(done, STORE)], ast.UnaryOp(ast.Not(), given[0]))
    leave = ast.If(ast.Name(done, LOAD), [ast.Continue()], [])
    going = ast.UnaryOp(ast.Not(), ast.Name(done, LOAD))
    return ast.While(going, [*before, test, *after, leave, *body], orelse)


def _for(self: Ordering, sheet: Sheet, op: pyobj.ForOp) -> ast.stmt:
    (iterable,) = self.take(sheet, op.operands)
    self.flush(sheet)
    target, body = self.item_body(op.body)
    target = target or ast.Name(self.fresh("_t"), STORE)
    return ast.For(target, iterable, body_of(body), self.statements(op.orelse))


def _try(self: Ordering, sheet: Sheet, op: pyobj.TryOp) -> ast.stmt | None:
    self.flush(sheet)
    body = self.statements(op.body)
    handlers = list[ast.ExceptHandler]()
    for index, name in enumerate(op.names.data):
        caught, handler = op.handlers[2 * index], op.handlers[2 * index + 1]
        kind = self.only(caught)[0] if caught.block.first_op is not None else None
        statements = body_of(self.statements(handler))
        handlers.append(ast.ExceptHandler(kind, name or None, statements))
        self.place(handlers[-1], caught.block.first_op or handler.block.first_op or op)
    orelse, final = self.statements(op.orelse), self.statements(op.finalbody)
    if not handlers and not final:
        sheet.out += [*body, *orelse]
        return None
    kind = ast.Try if op.star is None else ast.TryStar
    if orelse and not handlers:
        # Python has no `try … else … finally`; nothing is caught, so that the two are one.
        body, orelse = [*body, *orelse], []
    return kind(body_of(body), handlers, orelse, final)


def _with(self: Ordering, sheet: Sheet, op: pyobj.WithOp) -> ast.stmt:
    (manager,) = self.take(sheet, op.operands)
    self.flush(sheet)
    target, body = self.item_body(op.body)
    return ast.With([ast.withitem(manager, target)], body_of(body))


def _match(self: Ordering, sheet: Sheet, op: pyobj.MatchOp) -> ast.stmt:
    (subject,) = self.take(sheet, op.operands)
    self.flush(sheet)
    cases = list[ast.match_case]()
    for index, pattern in enumerate(op.patterns.data):
        asked, body = op.cases[2 * index], op.cases[2 * index + 1]
        guard = self.only(asked)[0] if asked.block.first_op is not None else None
        cases.append(ast.match_case(pattern.data, guard, body_of(self.statements(body))))
    return ast.Match(subject, cases)


def _return(self: Ordering, sheet: Sheet, op: pyobj.ReturnOp) -> ast.stmt:
    values = self.take(sheet, op.operands)
    return ast.Return(values[0] if values else None)


def _raise(self: Ordering, sheet: Sheet, op: pyobj.RaiseOp) -> ast.stmt:
    values = self.take(sheet, op.operands)
    return ast.Raise(*values)


def _assert(self: Ordering, sheet: Sheet, op: pyobj.AssertOp) -> ast.stmt:
    (test,) = self.take(sheet, op.operands)
    if op.message.block.first_op is None:
        return ast.Assert(test, None)
    before, given, _ = self.expressions(op.message)
    if not before:
        return ast.Assert(test, given[0])
    # The name AssertionError may mean something else in the program.
    fails = ast.Assert(ast.Constant(False), given[0])
    return ast.If(ast.UnaryOp(ast.Not(), test), [*before, fails], [])


def _plain(kind: type[ast.stmt]) -> Handler:
    def emit(self: Ordering, sheet: Sheet, op: Operation) -> ast.stmt:
        return kind()

    return emit


def _def(self: Ordering, sheet: Sheet, op: pyobj.DefOp) -> ast.stmt:
    values = self.take(sheet, op.operands)
    first, last = len(op.decorators), len(values) - len(op.annotations)
    parameters = parameters_of(op.parameters.data, values[first:last])
    annotations = dict(zip(op.annotated.data, values[last:], strict=True))
    _annotate_parameters(parameters, annotations)
    body = function_body(self, op.body, op.doc)
    if op.generator is not None and not yields(*body):
        # What yielded is gone; the function still is a generator.
        body.append(ast.If(ast.Constant(False), [ast.Expr(ast.Yield(None))], []))
    name = self.definition_name(op.function.data, op.variable.data)
    return ast.FunctionDef(name, parameters, body, values[:first], annotations.get("return"))


def _annotate_parameters(parameters: ast.arguments, annotations: dict[str, ast.expr]) -> None:
    plain = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]
    for argument in [*plain, parameters.vararg, parameters.kwarg]:
        if argument is None:
            continue
        argument.annotation = annotations.get(argument.arg)
        starred = annotations.get(f"*{argument.arg}")
        if starred is not None:
            argument.annotation = ast.Starred(starred, LOAD)


def function_body(self: Ordering, region: Region, doc: pyobj.LiteralAttr | None) -> list[ast.stmt]:
    """Return the body of a function; names of ours may stand in it, whatever is around it."""
    flat, self.flat = self.flat, 0
    body = self.statements(region)
    self.flat = flat
    return _documented(body, doc)


def _documented(body: list[ast.stmt], doc: pyobj.LiteralAttr | None) -> list[ast.stmt]:
    if doc is not None:
        assert isinstance(doc.data, str)
        body.insert(0, ast.Expr(ast.Constant(doc.data)))
    return body_of(body)


def _class(self: Ordering, sheet: Sheet, op: pyobj.ClassOp) -> ast.stmt:
    values = self.take(sheet, op.operands)
    first = len(op.decorators)
    bases, keywords = arguments_of(op.layout.data, values[first:])
    flat, owner = self.flat, self.owner
    name = self.definition_name(op.class_name.data, op.variable.data)
    self.flat, self.owner = flat + 1, op.class_name.data
    body = _documented(self.statements(op.body), op.doc)
    self.flat, self.owner = flat, owner
    return ast.ClassDef(name, bases, keywords, body, values[:first])


def _import(self: Ordering, sheet: Sheet, op: pyobj.ImportOp) -> ast.stmt:
    return ast.Import([ast.alias(op.module.data, None if op.alias is None else op.alias.data)])


def _import_from(self: Ordering, sheet: Sheet, op: pyobj.ImportFromOp) -> ast.stmt:
    pairs = zip(op.names.data, op.variables.data, strict=True)
    names = [ast.alias(name, None if name == variable else variable) for name, variable in pairs]
    return ast.ImportFrom(op.module.data or None, names, op.level.data)


STATEMENTS: dict[type[Operation], Handler] = {
    **{pyobj.StoreOp: _assign, pyobj.SetAttrOp: _assign, pyobj.SetItemOp: _assign},
    **{pyobj.UnpackOp: _unpack, pyobj.DeleteOp: _delete, pyobj.DelAttrOp: _delattr},
    **{pyobj.DelItemOp: _delitem, pyobj.AugStoreOp: _aug_store},
    **{pyobj.AugSetAttrOp: _aug_setattr, pyobj.AugSetItemOp: _aug_setitem},
    **{pyobj.AnnotateOp: _annotate, pyobj.DeclareOp: _declare},
    **{pyobj.IfOp: _if, pyobj.WhileOp: _while, pyobj.ForOp: _for, pyobj.TryOp: _try},
    **{pyobj.WithOp: _with, pyobj.MatchOp: _match, pyobj.ReturnOp: _return},
    **{pyobj.RaiseOp: _raise, pyobj.AssertOp: _assert, pyobj.BreakOp: _plain(ast.Break)},
    **{pyobj.ContinueOp: _plain(ast.Continue), pyobj.PassOp: _plain(ast.Pass)},
    **{pyobj.DefOp: _def, pyobj.ClassOp: _class},
    **{pyobj.ImportOp: _import, pyobj.ImportFromOp: _import_from},
}
