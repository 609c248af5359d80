"""Moves several tensors at once into memory that some of them may lie in."""

from __future__ import annotations

from collections.abc import Sequence

from .buffers import Buffer, Memory, Storage, memref_of
from .structured_ops import element_of


def parallel_moves(memory: Memory, moves: Sequence[tuple[Buffer, Buffer]]) -> None:
    """Append copies from sources to targets that all read what was there before the first.

    Each target is a storage of its own. What no move reads any more is written first; where all
    wait for one another, one source is set aside.
    """
    pending: dict[Storage, tuple[Buffer, Buffer]] = {}
    readers: dict[Storage, list[Storage]] = {target.storage: [] for _, target in moves}
    for source, target in moves:
        if source.storage is not target.storage:
            pending[target.storage] = source, target
            if source.storage in readers:
                readers[source.storage].append(target.storage)
    ready = [storage for storage in pending if not readers[storage]]
    copies: list[Storage] = []
    while pending:
        if not ready:
            storage = next(iter(pending))
            copies.append(_set_aside(memory, storage, pending, readers))
            ready.append(storage)
        storage = ready.pop()
        source, target = pending.pop(storage)
        memory.copy(source, target)
        waiting = readers.get(source.storage)
        if waiting is not None:
            waiting.remove(storage)
            if not waiting and source.storage in pending:
                ready.append(source.storage)
    for copy in copies:
        memory.release(copy)


def _set_aside(
    memory: Memory,
    storage: Storage,
    pending: dict[Storage, tuple[Buffer, Buffer]],
    readers: dict[Storage, list[Storage]],
) -> Storage:
    """Let the moves out of a storage read a copy of what lies there; return where that is."""
    kept = pending[storage][1]
    copy = memory.allocate(memref_of(element_of(kept.value), kept.shape))
    memory.copy(kept, copy)
    for reader in readers[storage]:
        pending[reader] = copy, pending[reader][1]
    readers[storage] = []
    return copy.storage
