"""Which scalar ops have no code on a device: they need C's library, which is the host's.

Backends write the others as arithmetic; passes can't ask them, so it is said here.
"""

from __future__ import annotations

from xdsl.dialects import math
from xdsl.dialects.builtin import Float64Type
from xdsl.ir import Operation

_IN_F64: frozenset[type[Operation]] = frozenset(
    (
        *(math.Exp2Op, math.Log2Op, math.Log10Op, math.PowFOp, math.FPowIOp, math.CbrtOp),
        *(math.SinOp, math.CosOp, math.TanOp, math.AsinOp, math.AcosOp, math.AtanOp),
        *(math.Atan2Op, math.SinhOp, math.CoshOp, math.AsinhOp, math.AcoshOp, math.AtanhOp),
    )
)


def needs_host(op: Operation) -> bool:
    """Return whether only the host can compute a scalar op."""
    return type(op) in _IN_F64 and isinstance(op.results[0].type, Float64Type)
