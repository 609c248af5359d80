"""Whether objects that the graph doesn't know are evaluated by the interpreter."""

from __future__ import annotations

from .environment_variables import Variable

FALLBACK = Variable("MS_DEV_ENABLE_FALLBACK")


def fallback_enabled() -> bool:
    """Return whether MS_DEV_ENABLE_FALLBACK leaves the fallback on; read at each compile."""
    return FALLBACK.get() != "0"
