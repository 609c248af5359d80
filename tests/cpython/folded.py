"""One of CPython's own test modules, with each function it tests compiled and compared.

    python -m tests.cpython.folded test.test_textwrap textwrap

The first calls of each function of a module run twice, compiled on copies of the arguments and
plainly. What can't be compiled counts as refused; a difference in result, exception or arguments
is printed and fails.
"""

import collections
import contextlib
import copy
import dataclasses
import functools
import importlib
import inspect
import io
import logging
import re
import sys
import types
import unittest

from foldaway import CompileError, jit
from foldaway.folding import classify, native_reads

CALLS = 3
"""How many calls of a function are compared."""

EXCLUDED = (
    # Its test counts comparisons, and the guard of a Fraction compares it.
    "Fraction.__bool__",
    # These count on their class what is made, and the compiled call counts, too.
    "HtmlDiff.",
)


class Comparison:
    """What became of the compared calls."""

    def __init__(self) -> None:
        self.same = 0
        self.refused = collections.Counter()
        self.different: list[str] = []
        self.busy = False

    def wrapped(self, function: types.FunctionType, name: str) -> types.FunctionType:
        """Return a function that compares its first calls, and is plain from then on."""
        if name.startswith(EXCLUDED) or inspect.isgeneratorfunction(function):
            return function
        compiled = jit(function)
        left = CALLS

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            nonlocal left
            if self.busy or not left:
                return function(*args, **kwargs)
            left -= 1
            self.busy = True
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    found, after = outcome(compiled, args, kwargs, copied=True)
            finally:
                self.busy = False
            expected, given = outcome(function, args, kwargs, copied=False)
            self.note(name, (found, after), (expected, given))
            if isinstance(expected, Thrown):
                raise expected.error
            return expected

        return wrapper

    def note(self, name: str, found: tuple, expected: tuple) -> None:
        """Count a comparison."""
        if isinstance(found[0], Thrown) and isinstance(found[0].error, CompileError):
            lines = str(found[0].error).splitlines()
            lines = [line for line in lines if line.startswith("error:")]
            self.refused[lines[-1] if lines else "no source"] += 1
        elif isinstance(found[0], NotCopied):
            self.refused["the arguments can't be copied"] += 1
        elif shown(found) == shown(expected):
            self.same += 1
        else:
            self.different.append(f"{name}: {shown(found)}, but {shown(expected)}")


@dataclasses.dataclass
class Thrown:
    """What a call raised; an exception may also be what it returned."""

    error: Exception


class NotCopied(Exception):
    """The arguments have no copies, or none that look alike."""


def outcome(function, args, kwargs, *, copied: bool):
    """Return what a call gives or raises, and the arguments after it."""
    if copied:
        try:
            fresh = copy.deepcopy((args, kwargs))
        except Exception as error:
            return NotCopied(str(error)), None
        if shown((None, fresh)) != shown((None, (args, kwargs))):
            return NotCopied(), None
        args, kwargs = fresh
    try:
        return function(*args, **kwargs), (args, kwargs)
    except Exception as error:
        return Thrown(error), (args, kwargs)


def shown(pair) -> str:
    """Return what two results that are alike have in common."""
    result, arguments = pair
    if isinstance(result, Thrown):
        return f"{type(result.error).__name__}: {result.error} {text_of(arguments)}"
    if inspect.isgenerator(result) or isinstance(result, types.FunctionType):
        return f"a {type(result).__name__}"
    return f"{type(result).__name__} {text_of(result)} {text_of(arguments)}"


def text_of(value: object) -> str:
    """Return what a value shows of itself, and an instance of its attributes."""
    if isinstance(value, tuple | list):
        return f"{type(value).__name__}({', '.join(map(text_of, value))})"
    try:
        text = (
            f"{value!r} {vars(value)!r}" if type(value).__repr__ is object.__repr__ else repr(value)
        )
    except Exception as error:
        return f"no repr: {type(error).__name__}"
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def wrap_module(module: types.ModuleType, comparison: Comparison) -> None:
    """Replace the functions and methods of a module by ones that compare."""
    for name, value in list(vars(module).items()):
        if isinstance(value, types.FunctionType) and value.__module__ == module.__name__:
            setattr(module, name, comparison.wrapped(value, name))
        elif isinstance(value, type) and value.__module__ == module.__name__:
            for inner, method in list(vars(value).items()):
                if isinstance(method, types.FunctionType):
                    wrapped = comparison.wrapped(method, f"{name}.{inner}")
                    setattr(value, inner, wrapped)


def main(test: str, *names: str) -> int:
    """Run a test module; return 0 if no call differs."""
    logging.getLogger("foldaway.fallback").setLevel(logging.ERROR)
    modules = [importlib.import_module(name) for name in names]
    sources = {inspect.getsourcefile(module) for module in modules}
    known = classify.is_library
    for room in (classify, native_reads):
        # As if the user had written it.
        room.is_library = lambda file: file not in sources and known(file)
    comparison = Comparison()
    for module in modules:
        wrap_module(module, comparison)
    suite = unittest.defaultTestLoader.loadTestsFromName(test)
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    for line in comparison.different:
        print(f"different: {line[:600]}")
    for why, count in comparison.refused.most_common():
        print(f"refused {count} times: {why}")
    print(
        f"{test}: {result.testsRun} run, {len(result.failures) + len(result.errors)} fail,"
        f" {comparison.same} calls alike, {comparison.refused.total()} refused,"
        f" {len(comparison.different)} different"
    )
    return 1 if comparison.different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
