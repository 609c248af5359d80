"""Failures of the compiler itself: they say so, name the stage, and save the IR."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from foldaway.dialects.source import CompileError, reject
from foldaway.runtime.interrupts import is_interrupt

if TYPE_CHECKING:
    from xdsl.dialects.builtin import LocationAttr, ModuleOp
    from xdsl.ir import Operation


class InternalError(RuntimeError):
    """A bug in foldaway; the user's program is not to blame."""


@contextmanager
def our_failure(stage: str, module: ModuleOp | None) -> Generator[None]:
    """Turn any error that the block raises into InternalError, but CompileError and interrupts."""
    try:
        yield
    except CompileError:
        raise
    except RecursionError:
        reject(
            _place(module),
            "branches or loops are nested deeper than the interpreter can follow",
            "return from a loop instead of from hundreds of branches, or split the function",
        )
    except Exception as error:
        if is_interrupt(error):
            raise
        where = f"; the IR is in {_saved(module)}" if module is not None else ""
        raise InternalError(
            f"this is a bug in foldaway, in '{stage}': {type(error).__name__}: {error}{where}"
        ) from error


def _place(module: ModuleOp | None) -> Operation | LocationAttr:
    """Return a place in the user's file: that of the first function of a module."""
    from xdsl.dialects.builtin import UnknownLoc

    first = module.body.block.first_op if module is not None else None
    return UnknownLoc() if first is None else first


def _saved(module: ModuleOp) -> Path:
    import tempfile

    with tempfile.NamedTemporaryFile("w", prefix="foldaway-", suffix=".mlir", delete=False) as file:
        file.write(str(module))
    return Path(file.name)
