"""Whether operations on tensors are recorded; what records them is loaded when it is due."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .lazy_trace import LazyBuilder

RECORDER: ContextVar[LazyBuilder | None] = ContextVar("foldaway_trace", default=None)
"""The builder of the innermost run that records."""


def current_recorder() -> LazyBuilder | None:
    """Return the builder that this thread and context records with; None means that it doesn't."""
    builder = RECORDER.get()
    # A copy of the context may outlive the run.
    return None if builder is None or builder.emitter.closed else builder


def note_python_operation() -> None:
    """Count an operation on tensors that Python computes even where others are recorded."""
    builder = RECORDER.get()
    if builder is not None:
        builder.emitter.runner.note_python()
