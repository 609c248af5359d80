"""What a machine is to the rest: its name, its driver, and what foldaway-opt can print for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .driver import Driver, Step

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp

Named = tuple[str, str]
"""A module, and a name in it, which is loaded when it is asked for."""


RunPasses = Callable[["ModuleOp", Sequence[Step]], None]
"""Applies passes to a module in place; a backend can't import them."""


class OptTarget(NamedTuple):
    """A target of `foldaway-opt`."""

    where: Named
    """The `Target` class."""
    passes: str | None
    """From linalg in tensor form on, as after `-p`; None for one that starts from what
    `outline-segments` leaves."""


class Machine(NamedTuple):
    """One kind of machine: what its folder in `backends/` gives, in a module `machine`."""

    name: str
    """The context's `device_target`."""
    driver: Callable[[RunPasses], Driver]
    """Loads the backend, and hands it what runs passes on parts that it lowers later.

    Raises CompileError where there is no such machine here."""
    targets: Mapping[str, OptTarget]
    passes: Mapping[str, Named] = {}
    """Passes that only this machine has, if they stand in its own folder."""
