"""What the simulator of HIVM finds wrong with a kernel, each kind as a class of its own."""

from __future__ import annotations


class SimulationError(RuntimeError):
    """A kernel does what the chip could not, or would not do alike each time."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        self.problem = problem
        self.line = line
        """The line of the final HIVM, from 1."""
        super().__init__(problem)

    def at(self, kernel: str, line: int | None, text: str) -> SimulationError:
        """Note where it happened, if that isn't known yet, and return the error."""
        if self.line is None and line is not None:
            self.line = line
            self.args = (f"{kernel}, line {line} of its HIVM: {self.problem}\n  {text.strip()}",)
        return self


class OutOfBounds(SimulationError):
    """An address outside of a buffer, or a buffer outside of its memory."""


class Deadlock(SimulationError):
    """Something is waited for that nobody sets."""


class FlagError(SimulationError):
    """A flag is set that is set already, or still is set when the kernel ends."""


class MissingSync(SimulationError):
    """Two units use the same bytes, one writes, and nothing says which is first."""


class WrongOperands(SimulationError):
    """A device function is called with operands that don't fit each other."""


class UnknownFunction(SimulationError):
    """A device function whose meaning the simulator doesn't know."""


class UnknownOperation(SimulationError):
    """An op of the final HIVM that the simulator doesn't know."""
