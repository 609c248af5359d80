"""The trait of ops that end a block when they are last in it, and may stand elsewhere, too."""

from xdsl.ir import Operation
from xdsl.traits import IsTerminator


class MayTerminate(IsTerminator):
    """May end a block, or stand before others."""

    def verify(self, op: Operation) -> None:
        """Accept any place."""
