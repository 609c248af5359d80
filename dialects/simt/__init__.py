"""The `simt` dialect: kernels that many threads run at once, and what their hardware can do.

A kernel runs for each thread of each block of a grid. The arithmetic in it is of `arith` and
`math`, the control flow of `scf`; what only such hardware has is here.
Threads of a block share memory and wait for each other; 32 neighbours are a warp, whose lanes
exchange registers. Indices are any integers; those of threads are i32, as hardware counts.
"""

from xdsl.ir import Dialect

from .ids import BlockDimOp, BlockIdOp, GridDimOp, LaneIdOp, ThreadIdOp
from .kernel import KernelOp, LaunchOp, ReturnOp
from .matrix import MatrixLoadOp, MmaOp
from .memory import (
    AsyncCommitOp,
    AsyncCopyOp,
    AsyncWaitOp,
    AtomicOp,
    LoadOp,
    SharedOp,
    StoreOp,
)
from .synchronization import BarrierOp, FenceOp, ShuffleOp, VoteOp, WarpBarrierOp

KERNEL = (KernelOp, ReturnOp, LaunchOp)
IDS = (BlockIdOp, ThreadIdOp, BlockDimOp, GridDimOp, LaneIdOp)
SYNCHRONIZATION = (BarrierOp, WarpBarrierOp, FenceOp, ShuffleOp, VoteOp)
MEMORY = (SharedOp, LoadOp, StoreOp, AtomicOp, AsyncCopyOp, AsyncCommitOp, AsyncWaitOp)
MATRIX = (MatrixLoadOp, MmaOp)

Simt = Dialect("simt", [*KERNEL, *IDS, *SYNCHRONIZATION, *MEMORY, *MATRIX])

__all__ = [
    "AsyncCommitOp",
    "AsyncCopyOp",
    "AsyncWaitOp",
    "AtomicOp",
    "BarrierOp",
    "BlockDimOp",
    "BlockIdOp",
    "FenceOp",
    "GridDimOp",
    "KernelOp",
    "LaneIdOp",
    "LaunchOp",
    "LoadOp",
    "MatrixLoadOp",
    "MmaOp",
    "ReturnOp",
    "SharedOp",
    "ShuffleOp",
    "Simt",
    "StoreOp",
    "ThreadIdOp",
    "VoteOp",
    "WarpBarrierOp",
]
