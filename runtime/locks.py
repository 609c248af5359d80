"""Locks that a forked child finds open, whatever its parent's threads were doing."""

from __future__ import annotations

import os
from _thread import RLock
from weakref import WeakSet


class ForkSafeLock(RLock):  # pyright: ignore[reportGeneralTypeIssues]
    """A re-entrant lock; in a forked child it starts anew.

    Entering and leaving are C code: an interrupt comes before the lock is taken or after, and
    never finds it taken by nobody.
    """

    def __init__(self):
        _locks.add(self)

    def renew(self) -> None:
        """Forget who holds the lock: the thread doesn't exist in this process."""
        self._at_fork_reinit()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


_locks: WeakSet[ForkSafeLock] = WeakSet()


def at_fork_renew(lock: object) -> None:
    """Let a plain `RLock`, which is faster, start anew in a forked child, too."""
    os.register_at_fork(after_in_child=lock._at_fork_reinit)  # pyright: ignore[reportUnknownArgumentType, reportAttributeAccessIssue, reportUnknownMemberType]


def _renew_all() -> None:
    for lock in list(_locks):
        lock.renew()


os.register_at_fork(after_in_child=_renew_all)
