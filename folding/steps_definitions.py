"""Steps of nested functions, lambdas, comprehensions and imports."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any, cast

from xdsl.ir import Block, Operation

from ..dialects import pyobj
from .calls import call, iterator_of, truth
from .code import CodeMaker, Expression, Step, makes, refuse_fork, run_steps
from .errors import run
from .frames import Frame
from .functions import Body, make_function
from .native_calls import native_entry
from .scopes import Scope, scope_of

_END = object()


@makes(pyobj.DefOp)
def def_(maker: CodeMaker, op: Operation) -> Step:
    """Make a function, decorate it and bind its name."""
    def_op = cast(pyobj.DefOp, op)
    decorators, defaults = maker.slots(def_op.decorators), maker.slots(def_op.defaults)
    annotations, annotated = maker.slots(def_op.annotations), def_op.annotated.data
    parameters, generator = def_op.parameters.data, def_op.generator is not None
    doc = def_op.doc.data if def_op.doc is not None else None

    def step(frame: Frame) -> None:
        frame.op = op
        body = Body(
            def_op.body.block, parameters, def_op.function.data, generator, frame.function, frame
        )
        values = [frame.slots[slot] for slot in defaults]
        made: Any = _make(frame, body, dict(zip(parameters.defaults, values, strict=True)))
        made.__doc__ = doc
        pairs = zip(annotated, annotations, strict=True)
        made.__annotations__ = dict(_annotation(name, frame.slots[slot]) for name, slot in pairs)
        for decorator in reversed(decorators):
            made = call(frame, frame.slots[decorator], [made], {})
        frame.store(def_op.variable.data, made)

    return step


def _annotation(name: str, value: Any) -> tuple[str, object]:
    """Return a parameter and its annotation; `*args: *Ts` unpacks the one item."""
    if not name.startswith("*"):
        return name, value
    (item,) = run(tuple, value)
    return name[1:], item


@makes(pyobj.LambdaOp)
def lambda_(maker: CodeMaker, op: Operation) -> Step:
    """Make a function of one expression."""
    lambda_op = cast(pyobj.LambdaOp, op)
    parameters, generator = lambda_op.parameters.data, lambda_op.generator is not None
    defaults, slot = maker.slots(lambda_op.defaults), maker.slot(op.results[0])

    def step(frame: Frame) -> None:
        body = Body(lambda_op.body.block, parameters, "<lambda>", generator, frame.function, frame)
        values = [frame.slots[index] for index in defaults]
        frame.slots[slot] = _make(frame, body, dict(zip(parameters.defaults, values, strict=True)))

    return step


def _make(frame: Frame, body: Body, defaults: dict[str, object]) -> Any:
    qualname = frame.inner_qualname(body.name)
    entry = native_entry(frame.folding, body, qualname)
    return make_function(body, defaults, entry, frame.location)


@makes(pyobj.ComprehensionOp)
def comprehension(maker: CodeMaker, op: Operation) -> Step:
    """Make a list, a set or a dict, or a generator that is folded as it is asked."""
    comp = cast(pyobj.ComprehensionOp, op)
    first, slot, kind = maker.slot(comp.iterable), maker.slot(op.results[0]), comp.kind.data
    walk = _Comprehension(comp)

    def step(frame: Frame) -> None:
        frame.op = op
        iterator = iterator_of(frame, frame.slots[first])
        items = walk.items(frame, iterator)
        match kind:
            case "list":
                frame.slots[slot] = list(items)
            case "set":
                frame.slots[slot] = run(set, items)
            case "dict":
                frame.slots[slot] = run(dict, items)
            case _:
                frame.slots[slot] = items
        frame.folding.journal.made(frame.slots[slot])

    return step


class _Comprehension:
    """The clauses of one comprehension, ready to run in a frame of their own."""

    def __init__(self, op: pyobj.ComprehensionOp):
        self._op = op
        self._scope = _comprehension_scope(op)
        maker = CodeMaker()
        self._clauses: list[tuple[str, Any]] = []
        for what, region in zip(op.layout.data, op.parts, strict=True):
            block = region.block
            match what:
                case "target":
                    steps = maker.block(block)
                    self._clauses.append((what, (maker.slot(block.args[0]), steps)))
                case "element":
                    self._element = _element(maker, block)
                case _:
                    self._clauses.append((what, maker.expression(region)))
        self._slots = maker.size

    def items(self, frame: Frame, iterator: Iterator[object]) -> Generator[Any, None, None]:
        """Yield the elements, folding each when it is asked for."""
        inner = Frame(frame.folding, frame.name, self._scope, self._slots, frame.function, frame)
        inner.tainted = frame.tainted
        yield from self._loop(inner, iterator, 0)

    def _loop(
        self, frame: Frame, iterator: Iterator[object], index: int
    ) -> Generator[Any, None, None]:
        folding = frame.folding
        _, (item_slot, target) = self._clauses[index]
        while True:
            outer = frame.caller = folding.frame
            folding.frame = frame
            try:
                frame.op = self._op
                item = run(next, iterator, _END)
                if item is _END:
                    return
                folding.count_iteration()
                frame.slots[item_slot] = item
                refuse_fork(run_steps(target, frame))
                after = index + 1
                while after < len(self._clauses) and self._clauses[after][0] == "if":
                    condition: Expression = self._clauses[after][1]
                    if not truth(frame, condition(frame)):
                        break
                    after += 1
                else:
                    yield from self._rest(frame, after, outer)
            finally:
                folding.frame = outer

    def _rest(self, frame: Frame, after: int, outer: Frame | None) -> Generator[Any, None, None]:
        folding = frame.folding
        if after == len(self._clauses):
            value = self._element(frame)
            if self._op.kind.data == "generator":
                # Who asks a generator may be native code.
                value = folding.handed_out(value)
            folding.frame = outer
            yield value
            folding.frame = frame
            return
        iterable: Expression = self._clauses[after][1]
        yield from self._loop(frame, iterator_of(frame, iterable(frame)), after + 1)


def _element(maker: CodeMaker, block: Block) -> Callable[[Frame], object]:
    """Return what computes an element: a value, or key and value of a dict."""
    steps = maker.block(block)
    last = block.last_op
    assert last is not None
    given = maker.slots(last.operands)

    def compute(frame: Frame) -> object:
        refuse_fork(run_steps(steps, frame))
        values = tuple(frame.slots[slot] for slot in given)
        return values[0] if len(values) == 1 else values

    return compute


def _comprehension_scope(op: pyobj.ComprehensionOp) -> Scope:
    """Return the names that the targets bind; a walrus binds in the function around."""
    scope = Scope()
    for what, region in zip(op.layout.data, op.parts, strict=True):
        if what == "target":
            scope.local |= scope_of(region.block).local
    return scope


@makes(pyobj.ImportOp)
def import_(maker: CodeMaker, op: Operation) -> Step:
    """`import a.b` binds `a`; `import a.b as c` binds `a.b`."""
    import_op = cast(pyobj.ImportOp, op)
    module = import_op.module.data
    alias = import_op.alias.data if import_op.alias is not None else None

    def step(frame: Frame) -> None:
        frame.op = op
        frame.folding.need_python("an import")
        top = run(__import__, module, frame.namespace)
        found = top
        if alias is not None:
            for part in module.split(".")[1:]:
                found = run(getattr, found, part)
        frame.store(alias or module.partition(".")[0], frame.folding.adopt_held(found))

    return step


@makes(pyobj.ImportFromOp)
def import_from(maker: CodeMaker, op: Operation) -> Step:
    """`from a import b, c as d`."""
    import_op = cast(pyobj.ImportFromOp, op)
    names, variables = import_op.names.data, import_op.variables.data

    def step(frame: Frame) -> None:
        frame.op = op
        folding = frame.folding
        folding.need_python("an import")
        level = import_op.level.data
        module = run(__import__, import_op.module.data, frame.namespace, None, names, level)
        folding.adopt_held(module)
        for name, variable in zip(names, variables, strict=True):
            frame.store(variable, run(_imported, module, name))

    return step


def _imported(module: Any, name: str) -> object:
    """Return an attribute of a module, with the error that an import gives."""
    try:
        return getattr(module, name)
    except AttributeError:
        raise ImportError(
            f"cannot import name {name!r} from {module.__name__!r}", name=name
        ) from None
