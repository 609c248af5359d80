"""Failures of the compiler itself: they say so, name the stage, and save the IR."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp

from foldaway.dialects.source import CompileError
from foldaway.runtime.interrupts import is_interrupt


class InternalError(RuntimeError):
    """A bug in foldaway; the user's program is not to blame."""


@contextmanager
def our_failure(stage: str, module: ModuleOp | None) -> Generator[None]:
    """Turn any error that the block raises into InternalError, but CompileError and interrupts."""
    try:
        yield
    except CompileError:
        raise
    except Exception as error:
        if is_interrupt(error):
            raise
        where = f"; the IR is in {_saved(module)}" if module is not None else ""
        raise InternalError(
            f"this is a bug in foldaway, in '{stage}': {type(error).__name__}: {error}{where}"
        ) from error


def _saved(module: ModuleOp) -> Path:
    with tempfile.NamedTemporaryFile("w", prefix="foldaway-", suffix=".mlir", delete=False) as file:
        file.write(str(module))
    return Path(file.name)
