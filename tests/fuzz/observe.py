"""Run a program plainly and compiled, and tell where the two differ."""

import contextlib
import copy
import dataclasses
import enum
import functools
import io
import itertools
import linecache
import logging
import math
import re
import struct
import types
import warnings
from dataclasses import dataclass
from unittest import mock

import numpy as np

import foldaway

from . import model_functions, model_tensor

DTYPES = ("bool_", "int32", "int64", "float32", "float64")
_LIBRARIES = (math, itertools, functools, dataclasses, np)
_MODELS = ("model_tensor.py", "model_functions.py")
_numbers = itertools.count()


@dataclass
class Case:
    """A program: a module with a function `f`, and the arguments of each call as they are written.

    What happens in the module before a call stands before ` || `.
    `loose`: it computes what two right implementations may round differently, or ("zeros") may
    give another sign where it is 0.
    """

    module: str
    calls: list[str]
    loose: bool | str = False

    def __str__(self):
        calls = "\n".join(f"f({call})" for call in self.calls)
        return f"{self.module}\n\n{calls}\n"


class Refused(Exception):
    """The compiler refused a program; the message says why, without its names."""


class Slow(BaseException):
    """A program takes too long; nothing in it may catch this."""


class Endless(Exception):
    """It is the plain program that takes too long: no program to compare with."""


class Difference(Exception):
    """The compiled program does something else than the plain one."""


def check(case, *, fullgraph):
    """Run the calls plainly and compiled.

    Raises `Difference` where they differ, `Refused` where STRICT says so: then nothing happened;
    `Endless` where there is nothing to compare with.
    """
    with warnings.catch_warnings(), _without_bugs(), _quick_entries_soon():
        warnings.simplefilter("ignore")
        plain = _Run(case, model_tensor.Tensor, model_functions.ops, model_tensor)
        compiled = _Run(case, foldaway.Tensor, foldaway.ops, foldaway)
        compiled.function = foldaway.jit(compiled.space["f"], fullgraph=fullgraph)
        for number, call in enumerate(case.calls):
            try:
                expected = plain.call(call)
            except Slow:
                raise Endless from None
            got = compiled.call(call)
            difference = differing(expected, got, case.loose)
            if difference:
                raise Difference(f"call {number + 1}: {difference}")


@contextlib.contextmanager
def _quick_entries_soon():
    """Let the second call of a form go where later ones would: few programs have more calls."""
    with (
        mock.patch("foldaway.jit._FEW_CALLS", 0),
        mock.patch("foldaway.native_calls.SOME_CALLS", 1),
    ):
        yield


class _Bugs(logging.Handler):
    """Keeps what the product says of its own failures: in LAX it goes on without the compiler."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())


@contextlib.contextmanager
def _without_bugs():
    """Raise `Difference` for a failure of the compiler that it hid."""
    bugs, logger = _Bugs(), logging.getLogger("foldaway")
    logger.addHandler(bugs)
    propagates, logger.propagate = logger.propagate, False
    try:
        yield
    finally:
        logger.removeHandler(bugs)
        logger.propagate = propagates
    if bugs.texts:
        raise Difference(bugs.texts[0])


class _Run:
    """One way to run the calls of a case: its own module, its own tensors."""

    def __init__(self, case, tensor, ops, dtypes):
        self.file = f"<fuzz {next(_numbers)}>"
        lines = case.module.splitlines(keepends=True)
        linecache.cache[self.file] = (len(case.module), None, lines, self.file)
        self.space = {"Tensor": tensor, "ops": ops, "__name__": "program"}
        self.space |= {name: getattr(dtypes, name) for name in DTYPES}
        self.space |= {library.__name__.replace("numpy", "np"): library for library in _LIBRARIES}
        exec(compile(case.module, self.file, "exec", dont_inherit=True), self.space)
        self.tensor = tensor
        self.function = self.space["f"]

    def __del__(self):
        linecache.cache.pop(self.file, None)

    def call(self, text):
        """Return all that can be seen of one call."""
        before, _, text = text.rpartition(" || ")
        exec(before, self.space)
        args, kwargs = eval(f"(lambda *args, **kwargs: (args, kwargs))({text})", self.space)
        before = self._describe(None, args, kwargs)
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            result = self._result(args, kwargs)
        if isinstance(result, foldaway.CompileError):
            if self._describe(None, args, kwargs) != before:
                raise Difference(f"a refused call had an effect\n{before}\n{result}")
            raise Refused(str(result))
        seen = self._describe(result, args, kwargs)
        return {**seen, "output": output.getvalue()}

    def _result(self, args, kwargs):
        try:
            return self.function(*args, **kwargs)
        except Exception as error:
            return error if isinstance(error, foldaway.CompileError) else _Raised(error, self.file)

    def _describe(self, result, args, kwargs):
        kept = {
            name: value
            for name, value in self.space.items()
            if name.isupper() and not isinstance(value, types.ModuleType)
        }
        describe = Description(self.tensor, self.file)
        return {
            "result": describe(result),
            "arguments": describe((args, kwargs)),
            "globals": describe(kept),
        }


_OF_TENSOR = ("a tensor's operation says why",)
"""Such messages are not compared, only what is raised."""


class _Raised:
    def __init__(self, error, file):
        self.error, self.file = error, file


class Description:
    """Turns values into plain tuples in which equal means indistinguishable."""

    def __init__(self, tensor, file):
        self.tensor, self.file = tensor, file
        self.seen = {}

    def __call__(self, value):
        kind = type(value)
        if kind is float:
            return ("float", value)
        if isinstance(value, enum.Enum):
            return (kind.__name__, value.name)
        if value is None or kind in (bool, int, str, bytes, complex, type(...), range, slice):
            return (kind.__name__, repr(value))
        if isinstance(value, self.tensor):
            return ("Tensor", *self._numbers(np.asarray(value.asnumpy())))
        if isinstance(value, np.ndarray | np.generic):
            return (kind.__name__, *self._numbers(np.asarray(value)))
        if kind is tuple:
            return ("tuple", *map(self, value))
        if kind is frozenset:
            return ("frozenset", *sorted(map(self, value), key=repr))
        if isinstance(value, types.FunctionType | type | types.BuiltinFunctionType):
            return ("named", value.__name__)
        if isinstance(value, _Raised):
            return ("raised", self._exception(value.error), self._line(value.error))
        if id(value) in self.seen:
            return ("again", self.seen[id(value)][0])
        self.seen[id(value)] = len(self.seen), value
        return self._object(value)

    def _object(self, value):
        kind = type(value)
        name = kind.__name__
        if isinstance(value, BaseException):
            return self._exception(value)
        if isinstance(value, dict):
            return (name, *((self(key), self(item)) for key, item in value.items()))
        if isinstance(value, set):
            return (name, *sorted(map(self, value), key=repr))
        if isinstance(value, list | tuple):
            return (name, *map(self, value))
        if name.endswith("_iterator"):
            return (name, *map(self, copy.copy(value)))
        if isinstance(value, types.GeneratorType | map | filter | zip | enumerate | reversed):
            return (name, *map(self, itertools.islice(value, 20)))
        if kind.__module__.partition(".")[0] in ("program", "tests"):
            slots = {key: getattr(value, key) for key in getattr(kind, "__slots__", ())}
            held = {**slots, **getattr(value, "__dict__", {})}
            return (name, *((key, self(item)) for key, item in held.items()))
        return (name, repr(value))

    def _numbers(self, array):
        return (str(array.dtype), array.shape, *(self(item) for item in array.reshape(-1).tolist()))

    def _exception(self, error):
        if error is None:
            return None
        if self._of_tensor(error):
            return (type(error).__name__, _OF_TENSOR)
        cause, context = self._exception(error.__cause__), self._exception(error.__context__)
        told = (tuple(map(self, error.args)), cause, context, error.__suppress_context__)
        return (type(error).__name__, told)

    def _of_tensor(self, error):
        """Return whether a tensor's operation raised: its words and reasons are its own."""
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        file = self.file if trace is None else trace.tb_frame.f_code.co_filename
        text = str(error.args)
        # Which of two operands min() names first is told by its own method, or by the other's.
        found = re.search(r"[Tt]ensor|broadcast|shape|axis|array|data|not supported between", text)
        return found is not None or file.endswith(_MODELS) or "numpy" in file

    def _line(self, error):
        """Return the line of the program that raised."""
        line, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self.file:
                line = trace.tb_lineno
            trace = trace.tb_next
        # What comparing with a pattern raises is shown at the `match`.
        text = linecache.getline(self.file, line)
        while line and text.lstrip().startswith("case "):
            indent = len(text) - len(text.lstrip())
            while line and len(text) - len(text.lstrip()) >= indent:
                line -= 1
                text = linecache.getline(self.file, line)
        return line


def differing(expected, got, loose, path=""):
    """Return in words where two descriptions differ, an empty text if they don't."""
    if isinstance(expected, dict) and isinstance(got, dict):
        parts = (differing(expected[k], got[k], loose, k) for k in expected)
        return next(filter(None, parts), "")
    if expected is _OF_TENSOR or got is _OF_TENSOR:
        return ""
    if isinstance(expected, tuple) and isinstance(got, tuple) and len(expected) == len(got):
        pairs = enumerate(zip(expected, got, strict=True))
        parts = (differing(a, b, loose, f"{path}[{i}]") for i, (a, b) in pairs)
        return next(filter(None, parts), "")
    if _equal(expected, got, loose):
        return ""
    return f"{path}: Python gives {expected!r}, compiled it is {got!r}"


def _equal(a, b, loose):
    if isinstance(a, float) and isinstance(b, float):
        near = a == b if loose == "zeros" else loose and _near(a, b)
        return near or _bits(a) == _bits(b)
    if isinstance(a, str) and isinstance(b, str) and loose:
        return _near_text(a, b)
    return type(a) is type(b) and a == b


def _bits(number):
    return "nan" if math.isnan(number) else struct.pack("<d", number)


def _near(a, b):
    return math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-4)


_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")


def _near_text(a, b):
    # Where numbers end differently their column is padded differently.
    if "".join(_NUMBER.sub("0", a).split()) != "".join(_NUMBER.sub("0", b).split()):
        return False
    pairs = zip(_NUMBER.findall(a), _NUMBER.findall(b), strict=True)
    return all(_near(float(x), float(y)) for x, y in pairs)
