"""The table of a compiled form: its key, its guards and its inputs as steps of machine code.

They are those of the generated function in `quick_entry.py`. What no step says is asked by calling
the same Python functions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..dialects.dtypes import TensorSpec, float64, int64
from .arrays import numpy_dtype, spec_of_array
from .call_table import CallTable, Step
from .expressions import InDType
from .guards import LOST, AnyGuard, Asked, Guard
from .native_code import NativeCode
from .segment import Segment
from .signature import has_key
from .sources import Argument, Attribute, Captured, Global, Held, Item, Source, builtins_of
from .tensor import Tensor

if TYPE_CHECKING:
    from .specialization import Specialization

AskSettings = Callable[[CallTable], None]
"""Adds the steps that ask whether the settings are those that a form is for."""

_TOKENS: tuple[object, ...] = (bool, type(None), str, bytes)
"""Classes of arguments whose key is the class and the value."""


def native_code_of(one: Specialization) -> NativeCode | None:
    """Return the kernel of a form that is nothing but a kernel with results, else None."""
    if not isinstance(one.entry, Segment):
        return None
    code: NativeCode | None = getattr(one.entry.executable, "native", None)
    return code if code is not None and code.outputs else None


def form_table(
    one: Specialization, keys: tuple[object, ...], ask_settings: AskSettings
) -> tuple[bytes, list[object]] | None:
    """Return the table of a form and what it refers to; None where only Python can call it.

    `keys` are the arguments' keys.
    """
    code = native_code_of(one)
    if code is None:
        return None
    try:
        return _FormTable(one, keys, code).finish(ask_settings)
    except _OnlyPython:
        return None


class _OnlyPython(Exception):
    """There are no steps for something."""


class _FormTable:
    def __init__(self, one: Specialization, keys: tuple[object, ...], code: NativeCode):
        self._one = one
        self._keys = keys
        self._code = code
        self._table = CallTable(len(keys), code, one.report.native_calls)
        self._registers: dict[tuple[object, ...], int] = {}
        self._arguments: int | None = None
        self._asked: dict[tuple[object, ...], Asked] = {}
        for guard in one.guards:
            if isinstance(guard, Guard) and guard.asked is not None:
                path = guard.source.key
                if guard.asked.what in ("spec", "layout") or path not in self._asked:
                    self._asked[path] = guard.asked

    def finish(self, ask_settings: AskSettings) -> tuple[bytes, list[object]] | None:
        """Return the table and what it refers to."""
        ask_settings(self._table)
        one = self._one
        given = {source.index for source in one.inputs if isinstance(source, Argument)}
        # What guards run may change a tensor, so that inputs are taken last.
        twice = not all(map(_is_plain, one.asked))
        for index, key in enumerate(self._keys):
            if twice or index not in given:
                self._key(index, key, None)
        for guard in one.asked:
            self._guard(guard)
        for to, source in enumerate(one.inputs):
            if isinstance(source, Argument):
                self._key(source.index, self._keys[source.index], to)
            else:
                self._input(to, source)
        return self._table.finish()

    def _key(self, index: int, key: object, to: int | None) -> None:
        """Ask whether an argument has a key; take it as an input, too."""
        table, source = self._table, ~index
        match key:
            case TensorSpec():
                self._tensor(to, source, Tensor, key)
            case (type() as kind, TensorSpec() as spec) if issubclass(kind, Tensor):
                self._tensor(to, source, kind, spec)
            case (np.ndarray, np.dtype(), tuple()):
                self._array(to, source, cast(Any, key), Argument(index, "").key)
            case type() if to is not None:
                self._number(to, source, key)
            case type():
                table.add(Step.CLASS, source=source, a=key)
            case _ if to is not None:
                raise _OnlyPython
            case _:
                table.add(Step.EQUAL, 0, source, _token(key), partial(has_key, key))

    def _tensor(self, to: int | None, source: int, kind: type, spec: TensorSpec) -> None:
        if to is None:
            to = self._table.new_register()
        elif self._code.inputs[to] != spec:
            raise _OnlyPython
        self._table.add_tensor(to, source, kind, spec)

    def _array(
        self,
        to: int | None,
        source: int,
        key: tuple[type, np.dtype[Any], tuple[int, ...]],
        path: tuple[object, ...],
    ) -> None:
        """Take an array that is in row-major order: for others there is the Python function."""
        _, dtype, shape = key
        asked = self._asked.get(path)
        spec = _spec(dtype, shape)
        in_rows, writeable = True, None
        if asked is not None and asked.what == "layout":
            *_, in_rows, writeable = cast(Any, asked.value)
        if spec is None or not in_rows:
            raise _OnlyPython
        if to is None:
            to = self._table.new_register()
        elif self._code.inputs[to] != spec:
            raise _OnlyPython
        self._table.add_array(to, source, spec, writeable)

    def _number(self, to: int, source: int, kind: type) -> None:
        """Take a number; those of another dtype than Python's are sources of another kind."""
        spec = self._code.inputs[to]
        own = {float: float64, int: int64}.get(kind)
        if own is None or spec != TensorSpec((), own):
            raise _OnlyPython
        self._table.add_number(to, source, kind, own)

    def _number_in_dtype(self, to: int, source: InDType) -> bool:
        """Take a number as an array of another dtype; return whether there is a step for it."""
        number = source.number
        if isinstance(number, Argument):
            kind = self._keys[number.index]
        else:
            asked = self._asked.get(number.key)
            kind = asked.value if asked is not None and asked.what == "class" else None
        if kind is not float and kind is not int:
            return False
        assert isinstance(kind, type)
        spec = self._code.inputs[to]
        return not spec.shape and self._table.add_number(
            to, self._register(number), kind, spec.dtype
        )

    def _input(self, to: int, source: Source) -> None:
        """Take what is not an argument itself."""
        asked = self._asked.get(source.key)
        if isinstance(source, InDType):
            if not self._number_in_dtype(to, source):
                self._table.add_array(to, self._fetched(source), self._code.inputs[to])
        elif asked is None:
            raise _OnlyPython
        elif asked.what == "spec":
            kind, spec = cast(Any, asked.value)
            self._tensor(to, self._register(source), kind, spec)
        elif asked.what == "layout":
            dtype, shape, *_ = cast(Any, asked.value)
            self._array(to, self._register(source), (np.ndarray, dtype, shape), source.key)
        elif asked.what == "class":
            self._number(to, self._register(source), cast(type, asked.value))
        else:
            raise _OnlyPython

    def _guard(self, guard: AnyGuard) -> None:
        table = self._table
        if not isinstance(guard, Guard):
            table.add(Step.CHECK, 0, self._all_arguments(), None, guard.holds)
            return
        asked = guard.asked
        value = None if asked is None else asked.value
        if asked is not None and asked.what in _LASTING and _is_in_dicts(guard.source):
            self._guard_dicts(guard, asked)
            return
        register = self._register(guard.source)
        match None if asked is None else asked.what:
            case "is":
                table.add(Step.IS, 0, register, value)
            case "is weakly":
                table.add(Step.IS_WEAKLY, 0, register, value)
            case "class":
                table.add(Step.CLASS, 0, register, value)
            case "equal":
                table.add(Step.EQUAL, 0, register, value, guard.check)
            case "spec":
                kind, spec = cast(Any, value)
                table.add_tensor(table.new_register(), register, kind, spec)
            case "layout" if (key := self._as_array(asked)) is not None:
                self._array(None, register, key, guard.source.key)
            case _:
                table.add(Step.CHECK, 0, register, None, guard.check)

    def _guard_dicts(self, guard: Guard, asked: Asked) -> None:
        """Ask for an object only after an item of the dicts on the way to it has changed."""
        step, place = _LASTING[asked.what], self._seldom(guard.source)
        self._table.add(step, 0, place, asked.value, guard.check, seldom=True)

    def _seldom(self, source: Source) -> int:
        """Return where a value is that is looked for after the dicts have changed."""
        path = ("seldom", *source.key)
        found = self._registers.get(path)
        if found is not None:
            return found
        if isinstance(source, Global):
            to = self._global(source, seldom=True)
        else:
            assert isinstance(source, Attribute)
            base, module = self._seldom(source.base), source.base.fetch(())
            items = vars(module)
            to = self._table.new_register()
            self._table.watch(items)
            self._table.add(Step.IS, 0, base, module, seldom=True)
            self._table.add(Step.ITEM_OF_DICT, to, 0, items, source.name, seldom=True)
        self._registers[path] = to
        return to

    def _as_array(self, asked: Asked | None) -> Any:
        dtype, shape, in_rows, _ = cast(Any, asked).value
        return (np.ndarray, dtype, shape) if in_rows and _spec(dtype, shape) else None

    def _register(self, source: Source) -> int:
        """Return where the value of a source is; it is looked for once in a call."""
        if isinstance(source, Argument):
            return ~source.index
        found = self._registers.get(source.key)
        if found is None:
            found = self._registers[source.key] = self._look_for(source)
        return found

    def _look_for(self, source: Source) -> int:
        table = self._table
        match source:
            case Global() if type(source.namespace) is dict:
                return self._global(source)
            case Captured():
                to = table.new_register()
                table.add(Step.CELL, to, a=source.cell)
            case Attribute():
                base = self._register(source.base)
                to = table.new_register()
                table.add(Step.ATTRIBUTE, to, base, source.name)
            case Item():
                base = self._register(source.base)
                to = table.new_register()
                table.add(Step.ITEM, to, base, source.index)
            case Held():
                to = table.new_register()
                table.add(Step.HELD, to, a=source.value)
            case _:
                to = self._fetched(source)
        return to

    def _global(self, source: Global, seldom: bool = False) -> int:
        """Look a name up where it is now: in the namespace, or in the builtins."""
        namespace, name = source.namespace, source.name
        to = self._table.new_register()
        if name not in namespace:
            self._table.add_item_is(namespace, name)
            self._table.add_item_is(namespace, "__builtins__")
            namespace = builtins_of(namespace)
        if seldom:
            self._table.watch(namespace)
        self._table.add(Step.ITEM_OF_DICT, to, 0, namespace, name, seldom=seldom)
        return to

    def _fetched(self, source: Source) -> int:
        to = self._table.new_register()
        self._table.add(Step.FETCH, to, self._all_arguments(), source.fetch)
        return to

    def _all_arguments(self) -> int:
        """Return where the tuple of the arguments is."""
        if self._arguments is None:
            self._arguments = self._table.new_register()
            self._table.add(Step.ARGUMENTS, self._arguments)
        return self._arguments


def _token(key: object) -> object:
    """Return the object that an argument with this key most likely is."""
    if isinstance(key, tuple):
        parts = cast("tuple[object, ...]", key)
        if len(parts) == 2 and parts[0] in _TOKENS:
            return parts[1]
    return _NO_OBJECT


_NO_OBJECT = object()


def _is_plain(guard: AnyGuard) -> bool:
    """Return whether a guard is asked without a call of Python."""
    if not isinstance(guard, Guard) or guard.asked is None:
        return False
    if guard.asked.what in _LASTING and _is_in_dicts(guard.source):
        return True
    return guard.asked.what != "equal" and isinstance(guard.source, Argument | Captured | Held)


def _spec(dtype: np.dtype[Any], shape: tuple[int, ...]) -> TensorSpec | None:
    """Return the spec of such arrays; None where compiled code has to know them otherwise."""
    spec = spec_of_array(np.empty(tuple(0 for _ in shape), dtype))
    return TensorSpec(shape, spec.dtype) if numpy_dtype(spec.dtype) is dtype else None


_LASTING = {"is": Step.IS, "is weakly": Step.IS_WEAKLY, "equal": Step.EQUAL}
"""What stays true of an object that a dict holds, to the step that asks it."""


def _is_in_dicts(source: Source) -> bool:
    """Return whether a value is found in a namespace, or as an attribute of a module there."""
    if isinstance(source, Global):
        return type(source.namespace) is dict
    if not isinstance(source, Attribute) or not _is_in_dicts(source.base):
        return False
    try:
        module = source.base.fetch(())
    except LOST:
        return False
    if type(module) is not ModuleType or hasattr(ModuleType, source.name):
        return False
    return source.name in vars(module)
