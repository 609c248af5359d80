"""Python's garbage collector, held off while a function is compiled.

IR is full of cycles and all of it is alive, so that each collection visits everything in vain:
that costs as much again as the compiling itself.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from contextlib import contextmanager

from .locks import ForkSafeLock

_lock = ForkSafeLock()
_holders = 0
_was_enabled = False


@contextmanager
def no_collection() -> Generator[None]:
    """Switch the collector off until the last of the threads that want it off is done."""
    global _holders, _was_enabled
    with _lock:
        if _holders == 0:
            _was_enabled = gc.isenabled()
            gc.disable()
        _holders += 1
    try:
        yield
    finally:
        with _lock:
            _holders -= 1
            if _holders == 0 and _was_enabled:
                gc.enable()


@contextmanager
def loading() -> Generator[None]:
    """Switch the collector off while modules are loaded, and let it take what is there for old.

    Modules stay. The first collection would go through all of them in vain.
    """
    with no_collection():
        yield
        # What a program has frozen stays so.
        if not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()


def _start_anew() -> None:
    """In a forked child the other threads, which may want it off, are not there."""
    global _holders
    if _holders and _was_enabled:
        gc.enable()
    _holders = 0


os.register_at_fork(after_in_child=_start_anew)
