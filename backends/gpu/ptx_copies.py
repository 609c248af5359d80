"""The asynchronous copies of each thread: groups, waits, and what nobody waited for.

Source: PTX ISA 9.0, "Data Movement and Conversion Instructions: Asynchronous copy"
(cp.async, cp.async.commit_group, cp.async.wait_group, cp.async.wait_all).

The bytes are moved when the copy is issued; until the wait they may not be looked at, so that
nobody can tell.
"""

from dataclasses import dataclass

import numpy as np

from .ptx_errors import LostCopy
from .ptx_races import SharedAccesses
from .ptx_rounding import Array
from .ptx_state import Geometry, Lanes


@dataclass
class _Issued:
    """What one instruction issued: the lanes, where in shared memory, and each one's group."""

    index: Array
    offsets: Array
    groups: Array
    size: int


class Copies:
    """Copies under way, of all lanes."""

    def __init__(self, geometry: Geometry, accesses: SharedAccesses):
        self._accesses = accesses
        self._group = np.zeros(geometry.lanes, np.int64)
        self._waiting = np.zeros(geometry.lanes, np.bool_)
        self._limit = np.zeros(geometry.lanes, np.int64)
        self._issued: list[_Issued] = []

    def issue(self, lanes: Lanes, offsets: Array, size: int) -> None:
        """Note copies into `size` bytes at `offsets` of shared memory."""
        offsets = lanes.spread(offsets)
        self._accesses.write(lanes, offsets, size, by_copy=True)
        groups = self._group[lanes.index]
        self._issued.append(_Issued(lanes.index, offsets, groups, size))

    def commit(self, lanes: Lanes) -> None:
        """Close the open group of each lane."""
        self._group[lanes.select] += 1

    def wait(self, lanes: Lanes, pending: int | None) -> None:
        """Wait until only the last `pending` groups may be under way, None: for all copies."""
        if not self._issued:
            return
        self._waiting[lanes.select] = True
        open_group = self._group[lanes.select]
        self._limit[lanes.select] = open_group + 1 if pending is None else open_group - pending
        kept: list[_Issued] = []
        for copy in self._issued:
            done = self._waiting[copy.index] & (copy.groups < self._limit[copy.index])
            if done.any():
                self._accesses.land(Lanes(copy.index[done]), copy.offsets[done], copy.size)
            if not done.all():
                rest = ~done
                kept.append(
                    _Issued(copy.index[rest], copy.offsets[rest], copy.groups[rest], copy.size)
                )
        self._issued = kept
        self._waiting[lanes.select] = False

    def end(self, lanes: Lanes) -> None:
        """Raise LostCopy where one of the lanes, which end now, has a copy under way."""
        for copy in self._issued:
            lost = np.isin(copy.index, lanes.index)
            if lost.any():
                lane = int(copy.index[np.argmax(lost)])
                raise LostCopy("ends with a cp.async that it never waited for", lane)

    def restart(self) -> None:
        """Forget everything: other blocks begin."""
        self._issued = []
        self._group[:] = 0
