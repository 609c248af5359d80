"""Class statements: real classes, made while folding by their metaclass.

Source: <https://docs.python.org/3/reference/datamodel.html#customizing-class-creation>.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Iterator
from typing import Any, cast

from xdsl.ir import Operation

from ..dialects import pyobj
from ..runtime.guards import class_of
from .calls import call
from .class_frames import ClassFrame
from .classify import is_inlined
from .code import CodeMaker, Step, makes, refuse_fork, run_steps
from .errors import Raised, run
from .frames import Frame
from .functions import body_of
from .scopes import scope_of
from .unpacking import arguments_of


@makes(pyobj.ClassOp)
def class_(maker: CodeMaker, op: Operation) -> Step:
    """Fill a namespace with the body, have the metaclass make the class, decorate it, bind it."""
    class_op = cast(pyobj.ClassOp, op)
    decorators, bases = maker.slots(class_op.decorators), maker.slots(class_op.bases)
    layout, body = class_op.layout.data, _Body(class_op)

    def step(frame: Frame) -> None:
        frame.op = op
        frame.folding.need_python("a class statement")
        frame.folding.notice.add(frame.location)
        values = [frame.slots[slot] for slot in bases]
        args, kwargs = arguments_of(builtins.__build_class__, layout, values, alone=False)
        made = _make_class(frame, body, args, kwargs)
        for decorator in reversed(decorators):
            frame.op = op
            made = call(frame, frame.slots[decorator], [made], {})
        frame.op = op
        frame.store(class_op.variable.data, made)

    return step


class _Body:
    """The body of one class statement, ready to run in a frame of its own."""

    def __init__(self, op: pyobj.ClassOp):
        self.op = op
        self.name = op.class_name.data
        self.doc = op.doc.data if op.doc is not None else None
        maker = CodeMaker()
        self.steps = maker.block(op.body.block)
        self.slots = maker.size
        self.names = scope_of(op.body.block)
        self.annotates = any(isinstance(inner, pyobj.AnnotateOp) for inner in _own_ops(op))
        self.needs_cell = any(_reads_class(inner) for inner in _own_ops(op))

    def fill(self, frame: Frame, namespace: Any, cell: types.CellType) -> None:
        """Run the body; its names go into the namespace that the metaclass prepared."""
        folding = frame.folding
        inner = ClassFrame(frame, self.name, self.names, self.slots, namespace, cell)
        inner.op = self.op
        outer = inner.caller = folding.frame
        folding.frame = inner
        try:
            inner.store("__module__", frame.namespace.get("__name__", "builtins"))
            inner.store("__qualname__", inner.qualname)
            if self.doc is not None:
                inner.store("__doc__", self.doc)
            if self.annotates and "__annotations__" not in namespace:
                inner.store("__annotations__", {})
            refuse_fork(run_steps(self.steps, inner))
            if self.needs_cell:
                inner.store("__classcell__", cell)
        except Raised as raised:
            raised.passes(self.name, inner.location)
            raise
        finally:
            folding.frame = outer


def _make_class(frame: Frame, body: _Body, given: list[Any], kwargs: dict[str, Any]) -> object:
    """Return the class, as Python's `__build_class__` does."""
    bases = run(types.resolve_bases, tuple(given))
    first = class_of(bases[0]) if bases else type
    meta: Any = kwargs.pop("metaclass", first)
    if isinstance(meta, type):
        meta = _most_derived(meta, bases)
    _check_hooks(frame, bases)
    prepare = getattr(meta, "__prepare__", None)
    arguments: list[object] = [body.name, bases]
    namespace: Any = call(frame, prepare, arguments, dict(kwargs)) if prepare is not None else {}
    if not hasattr(class_of(namespace), "__getitem__"):
        owner = meta.__name__ if isinstance(meta, type) else "<metaclass>"
        kind = type(namespace).__name__
        raise Raised(TypeError(f"{owner}.__prepare__() must return a mapping, not {kind}"))
    cell = types.CellType()
    body.fill(frame, namespace, cell)
    if bases is not tuple(given) and list(bases) != given:
        run(namespace.__setitem__, "__orig_bases__", tuple(given))
    frame.op = body.op
    made = call(frame, meta, [body.name, bases, namespace], kwargs)
    if body.needs_cell and isinstance(made, type):
        _check_cell(body.name, made, cell)
    if isinstance(made, type):
        frame.folding.born_classes[id(made)] = made
    return made


def _most_derived(meta: type[Any], bases: tuple[Any, ...]) -> type[Any]:
    """Return the metaclass that fits all bases. Raises `Raised` with a TypeError."""
    winner = meta
    for kind in map(type, bases):
        if issubclass(winner, kind):
            continue
        if not issubclass(kind, winner):
            raise Raised(
                TypeError(
                    "metaclass conflict: the metaclass of a derived class must be a (non-strict)"
                    " subclass of the metaclasses of all its bases"
                )
            )
        winner = kind
    return winner


def _check_hooks(frame: Frame, bases: tuple[Any, ...]) -> None:
    """Refuse what the interpreter would run unfolded: a hook of a class from outside."""
    for base in bases:
        kinds: tuple[type[Any], ...] = getattr(base, "__mro__", ())
        for kind in kinds:
            hook: Any = vars(kind).get("__init_subclass__")
            function = getattr(hook, "__func__", None)
            if isinstance(function, types.FunctionType) and is_inlined(function):
                if body_of(function) is None:
                    frame.folding.reject(
                        f"'{kind.__qualname__}.__init_subclass__' would run while compiling only",
                        "make the subclass outside the compiled function",
                    )


def _check_cell(name: str, made: type[Any], cell: types.CellType) -> None:
    """Raise as Python does if the metaclass kept the class from `super()`."""
    try:
        found = cell.cell_contents
    except ValueError:
        raise Raised(
            RuntimeError(
                f"__class__ not set defining {name!r} as {made!r}."
                " Was __classcell__ propagated to type.__new__?"
            )
        ) from None
    if found is not made:
        raise Raised(TypeError(f"__class__ set to {found!r} defining {name!r} as {made!r}"))


def _own_ops(op: Operation) -> Iterator[Operation]:
    """Yield the ops in a class body, of its functions too, but none of an inner class."""
    waiting = [inner for region in op.regions for block in region.blocks for inner in block.ops]
    while waiting:
        inner = waiting.pop()
        yield inner
        if not isinstance(inner, pyobj.ClassOp):
            waiting += (o for r in inner.regions for block in r.blocks for o in block.ops)


def _reads_class(op: Operation) -> bool:
    return isinstance(op, pyobj.LoadOp) and op.variable.data in ("super", "__class__")


@makes(pyobj.AnnotateOp)
def annotate(maker: CodeMaker, op: Operation) -> Step:
    """Keep the annotation of a name of a class."""
    name = cast(pyobj.AnnotateOp, op).variable.data
    slot = maker.slot(op.operands[0])

    def step(frame: Frame) -> None:
        frame.op = op
        annotations = cast("dict[str, object]", frame.load("__annotations__"))
        frame.folding.journal.before_change(annotations)
        run(annotations.__setitem__, name, frame.slots[slot])

    return step
