"""Exceptions that come from outside the program: Ctrl-C, and what handlers of signals raise.

They may come at any moment, between any two steps of the compiler's. They are no result of the
program and no bug of the compiler: what is being compiled is given up, and they go on.
"""

from __future__ import annotations

import gc
import sys
import types
from opcode import opmap

import numpy as np

from .tracing import TRACER

_RAISES = {opmap["RAISE_VARARGS"], opmap["RERAISE"]}


def is_interrupt(error: BaseException) -> bool:
    """Return whether an exception came from outside, not from what the program does.

    That is one that a handler of a signal raised, and a KeyboardInterrupt that no `raise` did.
    """
    handlers = signal_handlers()
    trace, last = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code in handlers:
            return True
        last, trace = trace, trace.tb_next
    if not isinstance(error, KeyboardInterrupt):
        return False
    return last is None or last.tb_frame.f_code.co_code[last.tb_lasti] not in _RAISES


def signal_handlers() -> set[types.CodeType]:
    """Return the code of the functions that handle signals, which the main thread runs."""
    # Most programs start without either.
    import signal
    import threading

    found = set[types.CodeType]()
    if threading.current_thread() is threading.main_thread():
        for number in signal.valid_signals():
            handler = signal.getsignal(number)
            code = getattr(getattr(handler, "__func__", handler), "__code__", None)
            if isinstance(code, types.CodeType):
                found.add(code)
    return found


class InterpreterState:
    """What compiling changes of the interpreter and puts back by itself, to be put back at once.

    An interrupt may come as a manager's `__exit__` begins, which then does nothing; it would be
    made up for when the exception is freed, and programs keep exceptions.
    """

    def __init__(self) -> None:
        self._tracer = TRACER.get()
        self._hooks = sys.gettrace(), sys.getprofile()
        self._collects = gc.isenabled()
        self._floating = np.geterr(), np.geterrcall()

    def restore(self) -> None:
        """Make it as it was."""
        TRACER.set(self._tracer)
        trace, profile = self._hooks
        if sys.gettrace() is not trace:
            sys.settrace(trace)
        if sys.getprofile() is not profile:
            sys.setprofile(profile)
        if self._collects:
            gc.enable()
        settings, call = self._floating
        np.seterr(**settings)
        np.seterrcall(call)
