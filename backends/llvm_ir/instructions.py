"""What a processor can do by an instruction, where kernels are written differently without it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Instructions:
    """None of them is what every 64-bit processor has."""

    half: bool = False
    """Converts between float16 and float32."""
    fma: bool = False
    """Multiplies and adds with one rounding."""
    vector_bytes: int = 0
    """What a vector holds, if loops are written on vectors; 0 leaves all to LLVM."""
    bfloat: bool = False
    """Converts between bfloat16 and float32; which nan comes out is left open."""


ANY = Instructions()
