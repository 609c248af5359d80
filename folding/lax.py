"""Folding without a trace: in LAX a fold that is given up must have had no effect at all.

Then the function runs as plain Python, so that whatever might be noticed is refused here: Python
code that the interpreter would run by itself, warnings, and calls that nobody knows.
"""

from __future__ import annotations

import functools
import sys
import sysconfig
import types
import warnings
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..runtime.array_calls import WarningHook
from ..runtime.guards import class_of, is_immutable
from ..runtime.interrupts import signal_handlers
from ..runtime.locks import ForkSafeLock
from ..runtime.tracing import current_tracer
from .classify import OPAQUE, is_framework, is_graph_callable, is_library, purity, quietly
from .errors import HOOK

if TYPE_CHECKING:
    from .session import Folding

_HINT = "nothing is to be done: it runs in Python at every call"

_KNOWN = frozenset(("numpy", "xdsl", "typing_extensions", "ml_dtypes", "llvmlite", "foldaway"))
"""Packages beside the standard library whose Python code has no effects of its own here."""

_READERS = frozenset(
    "len sum sorted list tuple set frozenset dict min max isinstance issubclass enumerate zip map"
    " filter any all repr str bool iter reversed type hasattr getattr callable"
    " get keys values items index count copy __len__ __iter__ __getitem__ __contains__".split()
)
"""Functions and methods that only read the container they are given."""

_SETTERS = frozenset(
    "__setattr__ __delattr__ __setitem__ __delitem__ __iadd__ __ior__ setitem delitem".split()
)
_DECIMAL = frozenset(("getcontext", "setcontext", "localcontext"))


@contextmanager
def without_effects(folding: Folding) -> Generator[None]:
    """Refuse, until the block ends, what a fold that is given up would leave behind."""
    with ExitStack() as stack:
        stack.enter_context(_python_watched(folding))
        stack.enter_context(_warnings_refused(folding))
        stack.enter_context(_floating_errors_refused(folding))
        decimal = sys.modules.get("decimal")
        if decimal is not None:
            # Its operations set flags in the context.
            stack.enter_context(decimal.localcontext())
        yield


def check_call(
    folding: Folding, callee: Any, args: Iterable[object], kwargs: dict[str, object]
) -> None:
    """Reject a call of native code that may do more than compute, or looks at identities."""
    name = quietly(callee, "__name__") or type(callee).__name__
    if isinstance(callee, functools._lru_cache_wrapper):  # pyright: ignore[reportPrivateUsage]
        folding.reject(f"'{name}' keeps what it has computed", _HINT)
    if purity(callee) == OPAQUE and not is_graph_callable(callee):
        folding.reject(f"nobody knows what '{name}' does", _HINT)
    values = [quietly(callee, "__self__"), *args, *kwargs.values()]
    looks = callee is id or (callee is hash and not all(map(is_immutable, values[1:])))
    if looks and not _in_framework(folding):
        folding.reject(f"'{name}' depends on where an object lies in memory", _HINT)
    if name in _DECIMAL and getattr(callee, "__module__", "") in ("decimal", "_decimal"):
        folding.reject(f"'{name}' reaches the settings of the thread", _HINT)
    for value in values:
        if folding.source(value) is None or folding.is_copy(value):
            continue
        if name in _SETTERS or (_is_container(value) and name not in _READERS):
            folding.reject(f"'{name}' may change '{folding.source(value)}'", _HINT)


def _in_framework(folding: Folding) -> bool:
    """Return whether foldaway's own code is folded, which only tells objects apart."""
    frame = folding.frame
    return frame is not None and frame.function is not None and is_framework(frame.function)


def check_text(folding: Folding, text: object) -> None:
    """Reject a text that says where an object lies in memory."""
    if type(text) is str and " at 0x" in text:
        folding.reject("the text of an object says where it lies in memory", _HINT)


def check_class(folding: Folding, kind: type[Any]) -> None:
    """Reject making an instance whose end would be noticed."""
    if hasattr(kind, "__del__"):
        folding.reject(f"instances of '{kind.__name__}' do something when they end", _HINT)


def _is_container(value: object) -> bool:
    return issubclass(class_of(value), list | dict | set) and not isinstance(value, type)


@contextmanager
def _python_watched(folding: Folding) -> Generator[None]:
    """Refuse each Python function of the user's or of a library's that starts to run by itself.

    What is folded does not: its steps are the folder's own functions.
    """

    def watch(frame: types.FrameType, event: str, _: object) -> None:
        if event == "call" and not _is_harmless(frame):
            folding.reject(
                f"the interpreter would run '{frame.f_code.co_qualname}' while compiling", _HINT
            )

    before, install = _free_hook(folding)
    try:
        install(watch)
        yield
    finally:
        install(before)


def _free_hook(folding: Folding) -> tuple[Any, Callable[[Any], None]]:
    """Return which of the interpreter's two hooks nobody uses."""
    if sys.gettrace() is None:
        return None, sys.settrace
    if sys.getprofile() is None:
        return None, sys.setprofile
    return folding.reject("a debugger and a profiler leave the compiler no hook", _HINT)


_harmless: dict[tuple[str, str], bool] = {}


def _is_harmless(frame: types.FrameType) -> bool:
    code = frame.f_code
    module = frame.f_globals.get("__name__")
    if not isinstance(module, str):
        return False
    key = (module, code.co_filename)
    found = _harmless.get(key)
    if found is None:
        found = _harmless[key] = _is_known(module, code.co_filename)
    if not found:
        # What folds its body when it is called, and what the standard library writes.
        found = HOOK in code.co_freevars
        if code.co_filename == "<string>":
            made = code.co_qualname.startswith("__create_fn__")
            found = found or made or module.startswith("namedtuple_")
        found = found or _interrupts(frame)
    return found


def _interrupts(frame: types.FrameType) -> bool:
    """Return whether code runs on its own account: a finalizer, or the handler of a signal.

    Or it looks for a module that is imported, as what tools put on `sys.meta_path` does.
    """
    handlers = signal_handlers()
    entered: types.FrameType | None = frame
    while entered is not None and entered.f_globals.get("__name__") != __name__:
        code = entered.f_code
        if code in handlers or code.co_name == "__del__" or code.co_qualname == _FINALIZER:
            return True
        if (entered.f_globals.get("__name__"), code.co_name) == _FINDING:
            return True
        entered = entered.f_back
    return False


_FINALIZER = "finalize.__call__"
"""What the module `weakref` calls when an object is gone."""
_FINDING = ("importlib._bootstrap", "_find_spec")
"""The module and the function that ask the finders of `sys.meta_path`."""


def _is_known(module: str, file: str) -> bool:
    if module.partition(".")[0] in _KNOWN:
        return True
    paths = sysconfig.get_paths()
    installed = any(file.startswith(paths[name]) for name in ("purelib", "platlib"))
    return is_library(file) and not installed


@contextmanager
def _floating_errors_refused(folding: Folding) -> Generator[None]:
    """Refuse what NumPy would warn of: it does so at every call."""

    def refuse(kind: str) -> None:
        folding.reject(f"a floating-point error, of which NumPy warns: {kind}", _HINT)

    settings = np.geterr()
    if not {"ignore", "raise", "warn"}.issuperset(settings.values()):
        folding.reject("floating-point errors are reported by NumPy in a way of their own", _HINT)
    kinds = {kind: "call" if how == "warn" else how for kind, how in settings.items()}
    with np.errstate(call=WarningHook(refuse), **cast(Any, kinds)):
        yield


@contextmanager
def _warnings_refused(folding: Folding) -> Generator[None]:
    """Refuse what warns in a fold of this thread's; all other warnings are shown as ever."""
    with _lock:
        if not _folds:
            _shown[:] = [warnings._showwarnmsg]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
            warnings._showwarnmsg = _show  # pyright: ignore[reportAttributeAccessIssue]
        _folds.append(folding)
    try:
        yield
    finally:
        with _lock:
            # First, so that an interrupt doesn't leave the hook.
            if _folds == [folding]:
                warnings._showwarnmsg = _shown[0]  # pyright: ignore[reportAttributeAccessIssue]
            _folds.remove(folding)


def _show(message: Any) -> None:
    tracer = current_tracer()
    if tracer is not None and tracer in _folds:
        tracer.before_effect(f"a warning ({message.message})")
    _shown[0](message)


_folds: list[Any] = []
"""The folds in LAX that go on, in all threads."""
_shown: list[Callable[[Any], None]] = []
"""What shows warnings otherwise: Python's own function."""
_lock = ForkSafeLock()
