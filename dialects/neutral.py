"""What changes nothing when it is combined: from it a reduction in any order may start."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from xdsl.dialects import arith
from xdsl.ir import Operation

FLOAT: dict[type[Operation], float] = {
    **{arith.AddfOp: -0.0, arith.MulfOp: 1.0},
    **{arith.MaximumfOp: -inf, arith.MinimumfOp: inf},
}
"""By the op that combines two floats."""
INTEGER: dict[type[Operation], Callable[[int], int]] = {
    arith.AddiOp: lambda bits: 0,
    arith.MuliOp: lambda bits: 1,
    arith.AndIOp: lambda bits: -1,
    arith.OrIOp: lambda bits: 0,
    arith.XOrIOp: lambda bits: 0,
    arith.MaxSIOp: lambda bits: -(1 << (bits - 1)),
    arith.MinSIOp: lambda bits: (1 << (bits - 1)) - 1,
    arith.MaxUIOp: lambda bits: 0,
    arith.MinUIOp: lambda bits: -1,
}
"""By the op that combines two integers of so many bits."""
