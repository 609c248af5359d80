"""The table of instructions: from the first word of a name to what decodes it.

Source: PTX ISA 9.0, "Instruction Set". Control flow and barriers of blocks are the machine's own
(`ptx_machine.py`). Products of warp groups (wgmma), tensor copies and mbarriers have no entry yet.
"""

from collections.abc import Callable
from typing import TypeAlias

from .ptx_accesses import ACCESSES
from .ptx_decode import Action, Decoder, type_of
from .ptx_errors import KernelTrap, UnsupportedPtx
from .ptx_floats import FLOATS, decode_float
from .ptx_integers import INTEGERS, decode_integer
from .ptx_matrices import decode_load_matrix, decode_product, decode_store_matrix
from .ptx_moves import MOVES
from .ptx_state import Lanes
from .ptx_syntax import Instruction
from .ptx_warps import WARPS, Collective, decode_active, decode_warp_barrier

Decode: TypeAlias = Callable[[Decoder, Instruction], Action | Collective]


def decode(decoder: Decoder, instruction: Instruction) -> Action | Collective:
    """Return what an instruction does; UnsupportedPtx where the table has no entry."""
    decode_one = INSTRUCTIONS.get(instruction.parts[0])
    if decode_one is None:
        raise UnsupportedPtx("an instruction that isn't in the table")
    return decode_one(decoder, instruction)


def _arithmetic(decoder: Decoder, instruction: Instruction) -> Action:
    """Return the action of a name that both integers and floats have."""
    is_float = type_of(instruction).kind in ("f", "bf")
    return (decode_float if is_float else decode_integer)(decoder, instruction)


def _trap(decoder: Decoder, instruction: Instruction) -> Action:
    def action(lanes: Lanes) -> None:
        raise KernelTrap("the kernel gave up", int(lanes.index[0]))

    return action


INSTRUCTIONS: dict[str, Decode] = {
    **MOVES,
    **INTEGERS,
    **FLOATS,
    **ACCESSES,
    **WARPS,
    **dict.fromkeys(
        ("add", "sub", "mul", "mad", "div", "rem", "min", "max", "neg", "abs"), _arithmetic
    ),
    **dict.fromkeys(("addc", "subc"), decode_integer),
    "activemask": decode_active,
    "bar": decode_warp_barrier,  # bar.warp.sync; the other ones never get here
    "ldmatrix": decode_load_matrix,
    "stmatrix": decode_store_matrix,
    "mma": decode_product,
    "trap": _trap,
    "brkpt": _trap,
}
"""What decodes each instruction that isn't control flow or a barrier of the block."""
