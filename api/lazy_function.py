"""Functions that LAX can't compile whole: plain Python, with the tensor operations compiled.

The function runs as it is. Its operations on tensors are recorded, and compiled together when
their data is needed; each form of a trace is compiled once.
"""

from __future__ import annotations

import types
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from foldaway.dialects.dtypes import TensorSpec
from foldaway.dialects.source import CompileError
from foldaway.runtime.lazy_report import LazyReport
from foldaway.runtime.recording import current_recorder
from foldaway.runtime.retreat import Retreat
from foldaway.runtime.tensor import Tensor

from . import context
from .internal_error import InternalError

# What runs lazily is loaded with the first function that does.
if TYPE_CHECKING:
    from foldaway.runtime.arrays import Array
    from foldaway.runtime.driver import Executable
    from foldaway.runtime.lazy_trace import TraceForm

Key = tuple[object, ...]

_MOST_KEYS = 1024
_MOST_MISSES = 64
"""Traces that are compiled for one function; what differs each time is computed eagerly."""
_MOST_TRIES = 8
"""Times that calls with arguments of the same kinds are compiled, unless most calls need not."""
_SETTLED = 8
"""Lazy runs in a row after which a function that was never compiled isn't asked about again."""


_LOOKS = 32
"""Lazy runs in a row between two looks at the compiled forms, where none has fitted of late."""


class LazyFunction:
    """The lazy runs of one function: which calls run so, and why, and what they have cost."""

    def __init__(self, function: types.FunctionType):
        self.function = function
        code = function.__code__
        self.report = LazyReport(code.co_filename)
        self._place = (code.co_filename, code.co_firstlineno)
        self._keys: OrderedDict[int, None] = OrderedDict()
        """Hashes of keys: one that is taken for another runs lazily, which is right, too."""
        self._misses = 0
        self._tries: OrderedDict[Key, list[int]] = OrderedDict()
        self._folded = False
        self._counts_hits = False
        """Whether calls with arguments of some kinds are compiled often enough to be watched."""
        self._in_a_row = 0
        self._codes: OrderedDict[TraceForm, Executable] = OrderedDict()
        """The code of the traces of late; also what `ir` shows."""
        self._target = ""
        self._broken = set[int]()

    def __contains__(self, key: Key) -> bool:
        """Return whether calls with this key run lazily."""
        return hash(key) in self._keys

    def add(self, key: Key, why: BaseException) -> None:
        """Run calls with this key lazily from now on."""
        self._keys[hash(key)] = None
        while len(self._keys) > _MOST_KEYS:
            self._keys.popitem(last=False)
        self.report.add_reason(*_reason(why, self._place))

    def note_retreat(self, retreat: Retreat) -> None:
        """Be told that compiled code can't go on, and that the call runs lazily instead."""
        trace = retreat.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        line = self._place[1] if trace is None else trace.tb_lineno
        self.report.add_reason(self._place[0], line, str(retreat))

    def check_tries(self, arguments: Sequence[object]) -> None:
        """Count a call that is to be compiled.

        Raises CompileError when calls with such arguments were compiled too often already.
        """
        tries = self._tries_of(arguments)
        tries[0] += 1
        self._counts_hits = self._counts_hits or tries[0] >= _MOST_TRIES // 2
        if tries[0] > max(_MOST_TRIES, tries[1]):
            raise CompileError("error: what it is called with differs too often to be compiled")

    def note_hit(self, arguments: Sequence[object]) -> None:
        """Count a call that is compiled."""
        self._folded, self._in_a_row = True, 0
        if self._counts_hits:
            self._tries_of(arguments)[1] += 1

    def note_hits(self, keys: Sequence[object], count: int) -> None:
        """Count calls that machine code has answered, with arguments that have these keys."""
        if self._counts_hits:
            self._tries_of_kinds(tuple(map(_kind_of_key, keys)))[1] += count

    @property
    def is_settled(self) -> bool:
        """Whether all calls run lazily, as far as anybody can tell without a look at them."""
        return self._in_a_row >= _SETTLED and not self._folded

    def is_unlikely_compiled(self, key: Key) -> bool:
        """Return whether a look through the forms that were compiled is most likely in vain.

        Now and then it is taken all the same: what comes again may be among them.
        """
        seldom = self._in_a_row >= _SETTLED and self._in_a_row % _LOOKS
        return bool(seldom) and hash(key) in self._keys

    def _tries_of(self, arguments: Sequence[object]) -> list[int]:
        """Return how often calls with arguments of these kinds were compiled, and how often not."""
        return self._tries_of_kinds(
            tuple([a.spec if isinstance(a, Tensor) else type(a) for a in arguments])
        )

    def _tries_of_kinds(self, kinds: Key) -> list[int]:
        found = self._tries.get(kinds)
        if found is None:
            found = self._tries[kinds] = [0, 0]
            while len(self._tries) > _MOST_KEYS:
                self._tries.popitem(last=False)
        return found

    def run(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Return what the function returns. In a lazy run already, it becomes part of that.

        Raises what the function raises, and CompileError where there is no backend.
        """
        target = str(context.get_context("device_target"))
        if self._target != target:
            from .drivers import current_driver

            # Raises for a machine that there is no backend for, before anything has run.
            current_driver()
            self._codes, self._target = OrderedDict(), target
        self.report.calls += 1
        self._in_a_row += 1
        if current_recorder() is not None:
            return self.function(*args, **kwargs)
        from foldaway.runtime.lazy_trace import record

        return record(self, self.function, args, kwargs)

    @property
    def compilations(self) -> int:
        """How many traces were compiled for this function."""
        return self._misses

    # What traces ask for.

    def run_trace(self, form: TraceForm, inputs: Sequence[Array]) -> list[Array]:
        """Return the outputs of a trace, compiled unless too many were."""
        code = self._codes.get(form)
        if code is None:
            code = self._code(form)
            if code is None:
                from foldaway.runtime.lazy_trace import compute_eagerly

                self.report.ops_python += len(form.steps)
                return compute_eagerly(form, inputs)
        outputs = code(inputs)
        self.report.ops_compiled += len(form.steps)
        return outputs

    def note_operation(self) -> None:
        """Note the running line, in the first calls."""
        self.report.note_line()

    def note_python(self) -> None:
        """Count an operation that Python computes."""
        self.report.ops_python += 1

    def ir(self, stage: str) -> str:
        """Return the IR of the newest traces at a stage: graph, linalg or llvm."""
        from .compile import STAGES, segment_text
        from .compile_trace import module_of

        if stage not in STAGES:
            raise ValueError(f"no stage {stage!r}; there are {', '.join(STAGES)}")
        if stage in ("pyobj", "python"):
            # There is no host program: the function itself runs.
            return _source(self.function)
        return "\n".join(segment_text(module_of(form), stage) for form in list(self._codes))

    def _code(self, form: TraceForm) -> Executable | None:
        """Return the code of a trace that this function hasn't had lately, None if too many are."""
        from .compile_trace import TRACES

        code = TRACES.find(form)
        if code is None:
            if self._misses >= _MOST_MISSES:
                return None
            self._misses += 1
            code = self._compiled(form)
            if code is None:
                return None
        self._codes[form] = code
        while len(self._codes) > _MOST_MISSES:
            self._codes.popitem(last=False)
        return code

    def _compiled(self, form: TraceForm) -> Executable | None:
        """Return the code of a new trace, None where the compiler has a bug: NumPy has none."""
        from .compile_trace import TRACES

        name = hash(form)
        if name in self._broken:
            return None
        try:
            return TRACES.compile(form)
        except InternalError as error:
            self._broken.add(name)
            log_bug(error)
            return None


def _kind_of_key(key: object) -> object:
    """Return what kind of argument has a key; see `signature_of`."""
    if isinstance(key, TensorSpec | type):
        return key
    parts = cast("tuple[object, ...]", key)
    kind = cast("type[Any]", parts[0])
    return parts[1] if issubclass(kind, Tensor) else kind


def log_bug(error: InternalError) -> None:
    """Tell of a bug in the compiler that costs the program no more than speed."""
    import logging

    logging.getLogger("foldaway").error("%s; Python goes on without it", error)


def _reason(why: BaseException, place: tuple[str, int]) -> tuple[str, int, str]:
    """Return file, line and text of what keeps a function from being compiled whole."""
    import re

    from foldaway.folding.errors import Raised
    from foldaway.folding.fold_report import place_of

    if isinstance(why, Raised):
        return (*(place_of(why.location) or place), f"raises {_named(why.exception)}")
    text = str(why)
    found = re.match(_ERROR, text)
    if found is None:
        return (*place, text.removeprefix("error: ").partition("\n")[0])
    return found["file"], int(found["line"]), found["problem"]


_ERROR = r"(?P<file>[^\n]*):(?P<line>\d+)\n(?:.*\n)??(?:.*\n)??error: (?P<problem>.*)"
"""The text of a CompileError; see `dialects/source.py`."""


def _source(function: types.FunctionType) -> str:
    import inspect

    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return f"# the source of {function.__qualname__} isn't there\n"


def _named(error: BaseException) -> str:
    """Return an exception's class, and its arguments where no user's code would make the text."""
    plain = all(type(argument) in (str, int, float) for argument in error.args)
    text = ", ".join(map(str, error.args)) if plain else ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
