"""`eval` and `exec` of texts that are known while compiling, and `locals()`.

Source: <https://docs.python.org/3/library/functions.html#eval>.
"""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import MutableMapping
from typing import Any, NoReturn

from xdsl.ir import Block

from ..dialects.syntax_trees import parse
from ..frontend.lower_statement import StatementLowering
from ..runtime.guards import class_of
from .class_frames import ClassFrame
from .code import code_of
from .errors import Raised, run
from .frames import Frame
from .functions import execute
from .scopes import Scope, scope_of

_FILE = "<string>"
_MISSING = object()


class _Names(set[str]):
    """The names that functions of a text see: the keys of its globals, whichever they are."""

    def __init__(self, table: dict[str, object]):
        super().__init__()
        self._table = table

    def __contains__(self, name: object) -> bool:
        return name in self._table


class EvaluationFrame(Frame):
    """The text of an `eval` or `exec` while it is folded."""

    __slots__ = ("names", "table")

    def __init__(self, caller: Frame, block: Block, table: Any, variables: dict[str, object]):
        code = code_of(block)
        super().__init__(caller.folding, "<module>", Scope(_Names(variables)), code.slots, None)
        self.names = scope_of(block)
        self.table = table
        """The locals: a mapping."""
        self.variables = variables
        given = not isinstance(table, _Around)
        self.namespace = {"__builtins__": builtins} if given else caller.namespace
        self.tainted = caller.tainted

    def load(self, name: str) -> object:
        """Return what a name means: a local, a global or a builtin."""
        for table in (self.table, self.variables):
            found = _item(table, name) if name not in self.names.outer else _MISSING
            if found is not _MISSING:
                return found
        if name in self.variables:
            return self.variables[name]
        return self._load_global(name)

    def store(self, name: str, value: object) -> None:
        """Bind a name in the locals, or in the globals where it is declared so."""
        table = self.variables if name in self.names.outer else self.table
        self._check_changeable(table)
        run(operator.setitem, table, name, value)

    def delete(self, name: str) -> None:
        """Unbind a name. Raises `Raised` with a NameError."""
        table = self.variables if name in self.names.outer else self.table
        if _item(table, name) is _MISSING:
            raise Raised(NameError(f"name '{name}' is not defined", name=name))
        self._check_changeable(table)
        run(operator.delitem, table, name)

    def inner_qualname(self, name: str) -> str:
        """Return the `__qualname__` of what the text defines."""
        return name

    def _check_changeable(self, table: Any) -> None:
        self.folding.check_modelled(table, "{} is changed by 'exec'")
        self.folding.journal.before_change(table)


def _item(table: Any, name: str) -> object:
    if class_of(table) is dict:
        return table.get(name, _MISSING)
    try:
        return run(operator.getitem, table, name)
    except Raised as raised:
        if isinstance(raised.exception, KeyError):
            return _MISSING
        raise


def fold_eval(frame: Frame, args: list[Any], kwargs: dict[str, object]) -> object:
    """Return what `eval` of a text gives; its names are folded as those of the function are."""
    text, table, variables = _parts(frame, "eval", args, kwargs)
    run(compile, text.lstrip(" \t"), _FILE, "eval")
    tree = parse(text.lstrip(" \t"), _FILE, "eval")
    lowering = StatementLowering(_FILE)
    lowering.in_function = True
    region = lowering.region(lambda _: lowering.returned(tree.body))
    return _run(frame, region.block, table, variables)


def fold_exec(frame: Frame, args: list[Any], kwargs: dict[str, object]) -> None:
    """Do what `exec` of a text does in namespaces that are given."""
    text, table, variables = _parts(frame, "exec", args, kwargs)
    if len(args) < 2:
        frame.folding.reject(
            "'exec' without a namespace looks at the variables of a function that is compiled",
            "give it a dict",
        )
    run(compile, text, _FILE, "exec")
    lowering = StatementLowering(_FILE)
    tree = parse(text, _FILE)
    if any(isinstance(node, ast.AnnAssign) for node in ast.walk(tree)):
        frame.folding.reject("'exec' of annotations can't be compiled", "leave them out")
    region = lowering.region(lambda _: lowering.statements(tree.body))
    _run(frame, region.block, table, variables)


def _run(frame: Frame, block: Block, table: Any, variables: dict[str, object]) -> object:
    inner = EvaluationFrame(frame, block, table, variables)
    return execute(inner, code_of(block))


def _parts(
    frame: Frame, name: str, args: list[Any], kwargs: dict[str, object]
) -> tuple[str, Any, dict[str, object]]:
    """Return the text, the locals and the globals. Raises as Python does for wrong ones."""
    folding = frame.folding
    folding.need_python(f"'{name}'")
    folding.notice.add(frame.location)
    if kwargs or not args or len(args) > 3 or not isinstance(args[0], str):
        _refuse(frame, name)
    given = [value for value in args[1:] if value is not None]
    if not given:
        return args[0], _Around(frame), {}
    variables = given[0]
    if class_of(variables) is not dict or folding.source(variables) is not None:
        _refuse(frame, name)
    if "__builtins__" not in variables:
        folding.journal.before_change(variables)
        variables["__builtins__"] = builtins.__dict__
    elif variables["__builtins__"] is not builtins.__dict__:
        _refuse(frame, name)
    return args[0], given[-1], variables


def _refuse(frame: Frame, name: str) -> NoReturn:
    frame.folding.reject(
        f"'{name}' takes a text, and dicts that are made in the function",
        "call it outside the compiled function",
    )


class _Around(MutableMapping[str, object]):
    """The variables of the function that calls `eval`, as its text sees them."""

    def __init__(self, frame: Frame):
        self._frame = frame

    def __getitem__(self, name: str) -> object:
        frame = self._frame
        if isinstance(frame, ClassFrame):
            return frame.load(name)
        if name in frame.scope.local:
            if name in frame.variables:
                return frame.variables[name]
            raise KeyError(name)
        if frame.owner_of(name) is not None or name in frame.cells:
            frame.folding.reject(
                f"'{name}', a variable of a function around, is named by 'eval' only",
                "name it in the function, too",
            )
        return frame.load(name)

    def __setitem__(self, name: str, value: object) -> None:
        self._frame.folding.reject(
            "'eval' binds a variable of a function that is compiled", "assign it in the function"
        )

    def __delitem__(self, name: str) -> None:
        raise KeyError(name)

    def __iter__(self) -> Any:
        return iter(self._frame.variables)

    def __len__(self) -> int:
        return len(self._frame.variables)


def fold_locals(frame: Frame) -> dict[str, object] | None:
    """Return the variables of a function by name, in one dict that later calls bring up to date.

    None for a function that is made while compiling: its code is not at hand.
    """
    code = frame.function.__code__ if frame.parent is None and frame.function is not None else None
    if code is None:
        return None
    names = dict.fromkeys((*code.co_varnames, *code.co_cellvars))
    found = {name: frame.variables[name] for name in names if name in frame.variables}
    for name in code.co_freevars:
        found[name] = frame.load(name)
    kept = frame.folding.locals.setdefault(id(frame), found)
    for name in [*names, *code.co_freevars]:
        if name in found:
            kept[name] = found[name]
        else:
            kept.pop(name, None)
    return kept
