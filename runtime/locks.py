"""Locks that a forked child finds open, whatever its parent's threads were doing."""

from __future__ import annotations

import os
from threading import RLock
from types import TracebackType
from weakref import WeakSet


class ForkSafeLock:
    """A re-entrant lock; in a forked child it starts anew."""

    def __init__(self):
        self._lock = RLock()
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Forget who holds the lock: the thread doesn't exist in this process."""
        self._lock = RLock()


_locks: WeakSet[ForkSafeLock] = WeakSet()


def at_fork_renew(lock: object) -> None:
    """Let a plain `RLock`, which is faster, start anew in a forked child, too."""
    os.register_at_fork(after_in_child=lock._at_fork_reinit)  # pyright: ignore[reportUnknownArgumentType, reportAttributeAccessIssue, reportUnknownMemberType]


def _renew_all() -> None:
    for lock in list(_locks):
        lock.renew()


os.register_at_fork(after_in_child=_renew_all)
