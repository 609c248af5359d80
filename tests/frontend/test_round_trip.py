"""What is lowered and printed as Python again behaves as before: values, exceptions, effects.

Each function of the corpus_*.py files runs as it was written, and in three other forms.
"""

import ast
import contextlib
import copy
import dataclasses
import io
import re
import sys
import types
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from xdsl.dialects.builtin import ModuleOp, StringAttr, UnitAttr

from foldaway.dialects import pyobj
from foldaway.dialects.verifier import verify
from foldaway.frontend.emit_python import PythonEmitter, to_ast
from foldaway.frontend.lower_function import Lowered, lower_function, lower_module

HERE = Path(__file__).parent
CORPUS = sorted(HERE.glob("corpus_*.py"))
NAMES_CHANGE = {
    "delete_many": "it shows its variables, and there are more of them",
    "dict_order": "a display hashes a key before it evaluates what follows `**`",
}


class Named(PythonEmitter):
    """Gives every value a name where statements can stand, so that each form is seen."""

    def may_wait(self) -> bool:
        return self.flat > 0


def named(module: ModuleOp, namespace: dict[str, object]) -> ast.Module:
    return ast.fix_missing_locations(Named(module, namespace).module(module))


def printed(module: ModuleOp, namespace: dict[str, object] | None = None) -> ast.Module:
    tree = to_ast(module, namespace)
    assert isinstance(tree, ast.Module)
    return tree


class Traced:
    """Writes down all that is done to it; what it gives is traced too."""

    def __init__(self, name: str, log: list[str]):
        self.__dict__.update(_name=name, _log=log)

    def _write(self, what: str) -> "Traced":
        self._log.append(what)
        return Traced(what, self._log)

    def __repr__(self):
        return f"<{self._name}>"

    def __getattr__(self, name: str):
        if name.startswith("__"):
            raise AttributeError(name)
        return self._write(f"{self._name}.{name}")

    def __setattr__(self, name: str, value: object):
        self._write(f"{self._name}.{name} = {value!r}")

    def __delattr__(self, name: str):
        self._write(f"del {self._name}.{name}")

    def __getitem__(self, key: object):
        return self._write(f"{self._name}[{key!r}]")

    def __setitem__(self, key: object, value: object):
        self._write(f"{self._name}[{key!r}] = {value!r}")

    def __delitem__(self, key: object):
        self._write(f"del {self._name}[{key!r}]")

    def __call__(self, *args: object, **kwargs: object):
        return self._write(f"{self._name}(*{args}, **{kwargs})")

    def __add__(self, other: object):
        return self._write(f"{self._name} + {other!r}")

    def __mul__(self, other: object):
        return self._write(f"{self._name} * {other!r}")


def namespace_of(code: types.CodeType, name: str, free: dict[str, object]) -> dict[str, object]:
    """Run a file of the corpus; return its namespace."""
    log: list[str] = []

    def note(value: object) -> object:
        log.append(re.sub(" at 0x[0-9a-f]+", "", repr(value)))
        return value

    def inputs(*calls: tuple[object, ...]) -> Callable[..., object]:
        def mark(function: Callable[..., object]) -> Callable[..., object]:
            function.__dict__["inputs"] = calls
            return function

        return mark

    module = types.ModuleType(name)
    given = {"inputs": inputs, "note": note, "Traced": lambda name: Traced(name, log)}
    module.__dict__.update(given | free, LOG=log)
    with registered(module):
        exec(code, module.__dict__)
    return module.__dict__


@contextlib.contextmanager
def registered(module: types.ModuleType):
    sys.modules[module.__name__] = module
    yield
    del sys.modules[module.__name__]


@cache
def namespaces(file: Path, form: str) -> dict[str, object]:
    """Return the namespace of a file of the corpus, as it is or printed again."""
    text = file.read_text()
    free: dict[str, object] = {}
    if form in ("original", "function"):
        tree = ast.parse(text, str(file))
    else:
        module = lower_module(text, str(file))
        verify(module)
        tree = {"printed": printed, "named": named}[form](module, free)
    return namespace_of(compile(tree, str(file), "exec", dont_inherit=True), file.stem, free)


def functions_of(file: Path) -> list[str]:
    return [
        node.name
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(d).startswith("inputs(") for d in node.decorator_list)
    ]


def rebuilt(function: types.FunctionType) -> types.FunctionType:
    """Return a function whose code is what its lowered body prints as."""
    lowered = lower_function(function)
    module = module_of(lowered)
    verify(module)
    made: dict[str, object] = {}
    exec(compile(printed(module), lowered.file, "exec", dont_inherit=True), made)
    found = made[lowered.name]
    assert isinstance(found, types.FunctionType)
    code = found.__code__
    globals, defaults = function.__globals__, function.__defaults__
    result = types.FunctionType(code, globals, lowered.name, defaults)
    result.__kwdefaults__ = function.__kwdefaults__
    return result


def module_of(lowered: Lowered) -> ModuleOp:
    """Return a module with a def of a lowered body, without its defaults."""
    plain = dataclasses.replace(lowered.parameters, defaults=())
    properties = {
        "function": StringAttr(lowered.name),
        "variable": StringAttr(lowered.name),
        "parameters": pyobj.ParametersAttr(plain),
        "annotated": pyobj.NamesAttr(()),
        **({"generator": UnitAttr()} if lowered.is_generator else {}),
    }
    return ModuleOp([pyobj.DefOp.create(properties=properties, regions=[lowered.body.clone()])])


def outcome(space: dict[str, object], function: Callable[..., object], number: int) -> object:
    """Return all that can be seen of one call."""
    log = space["LOG"]
    assert isinstance(log, list)
    log.clear()
    calls: tuple[tuple[object, ...], ...] = function.__dict__["inputs"]
    arguments = copy_of(calls[number])
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            result: object = shown(function(*arguments))
        except Exception as error:
            result = raised(error)
    return result, shown(arguments), list(log), output.getvalue()


def copy_of(arguments: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(a if isinstance(a, Traced) else copy.deepcopy(a) for a in arguments)


def raised(error: BaseException | None) -> object:
    if error is None:
        return None
    inner = [raised(e) for e in error.exceptions] if isinstance(error, ExceptionGroup) else []
    cause, context = raised(error.__cause__), raised(error.__context__)
    return type(error).__name__, str(error), cause, context, error.__suppress_context__, inner


def shown(value: object) -> object:
    """Return what a value looks like: its type and its parts."""
    if isinstance(value, types.GeneratorType):
        return "generator", [shown(v) for v in value]
    if isinstance(value, list | tuple):
        return type(value).__name__, [shown(v) for v in value]
    if isinstance(value, dict):
        return "dict", [(shown(k), shown(v)) for k, v in value.items()]
    return type(value).__name__, repr(value).partition(" at 0x")[0]


CASES = [(file, name) for file in CORPUS for name in functions_of(file)]


def test_the_corpus_is_large():
    assert len(CASES) >= 150
    assert {op.name for op in pyobj.PyObj.operations} - ops_of_corpus() <= {
        *("pyobj.import_module", "pyobj.global", "pyobj.segment", "pyobj.runtime"),
    }


def ops_of_corpus() -> set[str]:
    return {op.name for f in CORPUS for op in lower_module(f.read_text(), f.name).walk()}


FORMS = [
    (file, name, form)
    for file, name in CASES
    for form in ("printed", "named", "function")
    if form != "named" or name not in NAMES_CHANGE
]


@pytest.mark.parametrize(("file", "name", "form"), FORMS, ids=lambda v: getattr(v, "stem", v))
def test_a_function_behaves_as_before(file: Path, name: str, form: str):
    changed = namespaces(file, form)
    after = changed[name]
    assert isinstance(after, types.FunctionType)
    if form == "function":
        after = rebuilt(after)
        after.__dict__.update(changed[name].__dict__)
    for number in range(len(after.__dict__["inputs"])):
        assert outcome(changed, after, number) == original_outcome(file, name, number)


@cache
def original_outcome(file: Path, name: str, number: int) -> object:
    """Return what a function of the corpus does; it may change its module, so it runs once."""
    space = namespaces(file, "original")
    function = space[name]
    assert callable(function)
    return outcome(space, function, number)


@pytest.mark.parametrize("file", CORPUS, ids=lambda f: f.stem)
def test_the_text_is_python_too(file: Path):
    tree = printed(lower_module(file.read_text(), str(file)))
    text = ast.unparse(tree)
    assert ast.unparse(ast.parse(text)) == text
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {n for n in names if re.fullmatch("_t[0-9]+|_object[0-9]+|_slice[0-9]+", n)} <= {
        *("_t1", "_t2", "_object1"),  # the corpus's own
    }
