"""The writes to tensors that live at the host, kept back until the graph has read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.ir import BlockArgument, SSAValue

from ..runtime.tensor import Tensor

if TYPE_CHECKING:
    from .host import Host
    from .session import Folding


class TensorWrites:
    """What is written to which tensor, in program order."""

    def __init__(self, folding: Folding):
        self._folding = folding
        self._writes: dict[int, tuple[Tensor, list[tuple[str, SSAValue | None]]]] = {}

    def __bool__(self) -> bool:
        return bool(self._writes)

    def copied(self) -> TensorWrites:
        """Return a copy, to which more can be added."""
        made = TensorWrites(self._folding)
        made._writes = {key: (one, [*writes]) for key, (one, writes) in self._writes.items()}
        return made

    def note(self, tensor: Tensor, operation: str) -> None:
        """Be told that a tensor gets another value next, by "write" or by "assign"."""
        _, writes = self._writes.setdefault(id(tensor), (tensor, []))
        if writes and writes[-1][0] != operation:
            writes[-1] = (writes[-1][0], tensor.graph_value(self._folding))
        if not writes or writes[-1][0] != operation:
            writes.append((operation, None))

    def emit(self, host: Host) -> None:
        """Emit the writes: last of all, for the graph reads what was there before."""
        planned: list[tuple[str, SSAValue, SSAValue]] = []
        for tensor, writes in self._writes.values():
            owner, last = host.value(tensor), tensor.graph_value(self._folding)
            if last is owner and len(writes) == 1:
                continue
            self._folding.note_effect("writes to a tensor")
            for operation, value in writes:
                new = last if value is None else value
                if isinstance(new, BlockArgument):
                    # An input as it was before any of the writes.
                    new = host.runtime("copy", new)
                planned.append((operation, owner, new))
        for operation, owner, new in planned:
            host.runtime(operation, owner, new)
        self._writes.clear()
