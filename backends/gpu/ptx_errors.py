"""What goes wrong while the text of a PTX kernel runs, an exception for each kind."""


class PtxError(RuntimeError):
    """A fault of a kernel: what happened, in which line of the text, in which block and thread.

    `problem` is the sentence, `line` counts from 1 (0: no line is to blame), `text` is the
    instruction; `block` and `thread` are (x, y, z), or None where all are concerned.
    """

    def __init__(self, problem: str, lane: int | None = None, line: int = 0):
        super().__init__(problem)
        self.problem = problem
        self.lane = lane
        self.line = line
        self.text = ""
        self.block: tuple[int, int, int] | None = None
        self.thread: tuple[int, int, int] | None = None

    def __str__(self) -> str:
        place = f"line {self.line}: `{self.text}`: " if self.line else ""
        who = "" if self.thread is None else f" (block {self.block}, thread {self.thread})"
        return place + self.problem + who


class PtxSyntaxError(PtxError):
    """The text is no PTX that the parser knows."""


class UnsupportedPtx(PtxError):
    """The text is PTX, with an instruction or a form that has no meaning here yet."""


class WrongLaunch(PtxError):
    """The launch doesn't fit the kernel: arguments, block size (`.reqntid`), shared memory."""


class OutOfBounds(PtxError):
    """An access outside every allocation of its state space."""


class Misaligned(PtxError):
    """An access whose address is no multiple of its size."""


class UndefinedRegister(PtxError):
    """A use of a register that the thread hasn't written."""


class UndefinedMemory(PtxError):
    """A read of shared or local memory, or of a parameter, that nobody has written."""


class BarrierDeadlock(PtxError):
    """Threads wait at a barrier that others of their block never reach."""


class DivergentCollective(PtxError):
    """A warp's instruction (shuffle, vote, product …) that not all lanes take part in."""


class SharedMemoryRace(PtxError):
    """Two threads access the same shared bytes, one of them writes, and no barrier orders them."""


class UnawaitedCopy(PtxError):
    """An access to bytes of a cp.async before its wait and the barrier after it."""


class LostCopy(PtxError):
    """A thread ends with a cp.async that it never waited for."""


class EndlessLoop(PtxError):
    """The kernel takes more steps than it was given."""


class KernelTrap(PtxError):
    """The kernel ran into `trap`."""
