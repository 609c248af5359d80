"""The GPU's kernels against the CPU's, the simulated GPU's and torch's: right, and how fast.

`python -m foldaway.backends.gpu.check` prints a table, and names what disagrees; it exits with 1
if anything does.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from foldaway.dialects import dtypes
from foldaway.dialects.dtypes import DType
from foldaway.runtime.tensor import Tensor

from .context import get_context, set_context
from .drivers import driver_of
from .gpu_cases import Case, large_cases, small_cases
from .gpu_interop_check import runtime_problems
from .gpu_timing import Peer, Timer, torch_peers
from .jit import jit

_TOLERANCES: dict[DType, float] = {
    dtypes.float64: 1e-12,
    dtypes.float32: 2e-5,
    dtypes.float16: 3e-3,
    dtypes.bfloat16: 2e-2,
}
"""Of an error, by the greatest number of the result."""
_MOST_FOR_SIMULATOR = 1 << 18
"""Elements; the simulated device takes too long for more."""
_VARIABLE, _SIMULATED = "FOLDAWAY_GPU", "sim"
_COLUMNS = "| case | shapes | dtype | error | simulated | µs | rate | torch | compile |"


@dataclass
class Outcome:
    """What came of one case."""

    title: str
    error: float | None = None
    """From the CPU's or NumPy's result, by the greatest number of that."""
    simulated: float | None = None
    """From the simulated device's result."""
    seconds: float | None = None
    traffic: int = 0
    work: int = 0
    torch: float | None = None
    compiled: float | None = None
    """Seconds that torch takes, eager and compiled."""
    problems: list[str] = field(default_factory=list[str])

    def row(self) -> str:
        """Return the line of the table."""
        cells = [
            self.title,
            *(_number(self.error), _number(self.simulated)),
            "" if self.seconds is None else f"{self.seconds * 1e6:.1f}",
            self._rate(),
            *(_ratio(self.torch, self.seconds), _ratio(self.compiled, self.seconds)),
        ]
        mark = " ← " + "; ".join(self.problems) if self.problems else ""
        return f"| {' | '.join(cells)} |{mark}"

    def _rate(self) -> str:
        if self.seconds is None:
            return ""
        if self.work:
            return f"{self.work / self.seconds / 1e12:.1f} TFLOP/s"
        return f"{self.traffic / self.seconds / 1e9:.0f} GB/s"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check; return 1 if something disagrees or can't run, else 0."""
    options = _options().parse_args(arguments)
    device: Any = _driver().device
    is_simulated = not hasattr(device, "new_event")
    peers = [] if is_simulated or options.no_torch else torch_peers(not options.no_compile)
    for line in _heading(device, peers):
        print(line)
    print(f"{_COLUMNS}\n|{' --- |' * 9}", flush=True)
    deadline = time.monotonic() + options.seconds
    outcomes: list[Outcome] = []
    skipped: list[str] = []
    wrong = _check_runtime(device, peers) if not (is_simulated or options.cases) else 0
    for case in _chosen(options, is_simulated):
        if time.monotonic() > deadline:
            skipped.append(case.title)
            continue
        outcome = check(case, device, peers, simulate=not (is_simulated or options.no_sim))
        outcomes.append(outcome)
        print(outcome.row(), flush=True)
        gc.collect()
    if options.json:
        with open(options.json, "w") as file:
            json.dump([asdict(outcome) for outcome in outcomes], file, indent=1)
    disagreeing = [outcome for outcome in outcomes if outcome.problems]
    print(f"\n{len(outcomes)} cases, {len(disagreeing)} wrong")
    for outcome in disagreeing:
        print(f"- {outcome.title}: {'; '.join(outcome.problems)}")
    if skipped:
        print(f"{len(skipped)} cases left out for lack of time: {'; '.join(skipped)}")
    return int(bool(disagreeing or wrong))


def _check_runtime(device: Any, peers: Sequence[Peer]) -> int:
    """Print what is wrong with the runtime; return how many checks found something."""
    wrong = 0
    with _on("GPU"):
        for name, problems in runtime_problems(device, peers[0].torch if peers else None):
            wrong += bool(problems)
            print(f"| {name} | | | {'; '.join(problems) or 'ok'} | | | | | |", flush=True)
    return wrong


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m foldaway.backends.gpu.check", description=__doc__)
    parser.add_argument("--cases", default="", help="only cases whose title has this in it")
    parser.add_argument("--small", action="store_true", help="no large cases, which are timed")
    parser.add_argument("--large", action="store_true", help="no small cases")
    parser.add_argument("--no-torch", action="store_true", help="don't time torch")
    parser.add_argument("--no-compile", action="store_true", help="don't time torch.compile")
    parser.add_argument("--no-sim", action="store_true", help="don't ask the simulated device")
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no case after so many")
    parser.add_argument("--json", help="a file for the outcomes")
    return parser


def _chosen(options: argparse.Namespace, is_simulated: bool) -> Iterable[Case]:
    cases: list[Case] = []
    if not options.large:
        cases += small_cases()
    if not options.small and not is_simulated:
        cases += large_cases()
    return [case for case in cases if options.cases in case.title]


def _heading(device: Any, peers: Sequence[Peer]) -> Generator[str]:
    version = getattr(device, "driver_version", None)
    yield f"device: {device.name}" + (f", CUDA {version}" if version else "")
    yield f"Python {platform.python_version()}, NumPy {np.__version__}"
    for peer in peers:
        yield f"{peer.name}: {peer.version}"
    yield f"date: {time.strftime('%Y-%m-%d')}"
    yield "error: the greatest difference, by the greatest number of the right result"
    yield "torch, compile: their time by ours; more than 1 is slower than ours\n"


def check(case: Case, device: Any, peers: Sequence[Peer], simulate: bool) -> Outcome:
    """Return what came of a case; nothing is raised."""
    outcome = Outcome(case.title, traffic=case.traffic, work=case.work)
    try:
        arrays = case.inputs()
        tensors = [Tensor(array) for array in arrays]
        function = _function(case, tensors)
        with _on("GPU"):
            got = function(*tensors).asnumpy()
        # Where the results of others are, too, large ones need the memory.
        wanted = _wanted(case, arrays, tensors)
        outcome.error = _compare(outcome, "the CPU", case, got, wanted)
        small = sum(array.size for array in arrays) <= _MOST_FOR_SIMULATOR
        if simulate and small and not case.is_timed:
            simulated = _simulated(case, tensors)
            outcome.simulated = _compare(outcome, "the simulated device", case, got, simulated)
        del wanted, got
        if case.is_timed and hasattr(device, "new_event"):
            _time(outcome, case, device, function, tensors, peers)
    except Exception as error:
        outcome.problems.append(f"{type(error).__name__}: {str(error)[:400]}")
        traceback.print_exc(limit=-4)
    return outcome


def _function(case: Case, tensors: list[Tensor]) -> Callable[..., Tensor]:
    return jit(case.layers(tensors) if case.layers else case.function)


def _wanted(case: Case, arrays: list[Any], tensors: list[Tensor]) -> Any:
    if case.reference is not None:
        return case.reference(*arrays)
    with _on("CPU"):
        # What is on the device is copied to the host only if it was made there.
        return _function(case, tensors)(*tensors).asnumpy()


def _simulated(case: Case, tensors: list[Tensor]) -> Any:
    with _on("GPU", _SIMULATED):
        return _function(case, tensors)(*tensors).asnumpy()


@contextmanager
def _on(target: str, device: str | None = None) -> Generator[None]:
    """Compile inside for a machine, and for a device of it."""
    before, chosen = get_context("device_target"), os.environ.get(_VARIABLE)
    set_context(device_target=target)
    if device is not None:
        os.environ[_VARIABLE] = device
    try:
        yield
    finally:
        set_context(device_target=before)
        if device is not None:
            if chosen is None:
                del os.environ[_VARIABLE]
            else:
                os.environ[_VARIABLE] = chosen


def _driver() -> Any:
    return driver_of("GPU")


def _compare(outcome: Outcome, other: str, case: Case, got: Any, wanted: Any) -> float:
    """Return the greatest difference; a shape, a dtype or too much of it is a problem."""
    if got.shape != wanted.shape or (case.reference is None and got.dtype != wanted.dtype):
        outcome.problems.append(f"{other} gives {wanted.dtype}{list(wanted.shape)}")
        return float("inf")
    if not got.size:
        return 0.0
    if got.dtype.kind in "biu":
        wrong = int((got != wanted).sum())
        if wrong:
            outcome.problems.append(f"{wrong} of {got.size} numbers aren't those of {other}")
        return wrong / got.size
    kind = np.float64 if got.dtype.itemsize == 8 else np.float32
    x, y = got.astype(kind), wanted.astype(kind)
    odd = ~(np.isfinite(x) & np.isfinite(y))
    if odd.any():
        same = (x == y) | (np.isnan(x) & np.isnan(y))
        if not same[odd].all():
            outcome.problems.append(f"infinities or nans that {other} doesn't have")
            return float("inf")
        x, y = np.where(odd, 0, x), np.where(odd, 0, y)
    difference = np.abs(x - y)
    error = float(difference.max() / max(float(np.abs(y).max()), 1e-30))
    allowed = case.tolerance or _TOLERANCES[case.dtype]
    if error > allowed:
        place = np.unravel_index(int(difference.argmax()), difference.shape)
        where = ", ".join(map(str, place))
        said = f"error {error:.1e} from {other} at [{where}], allowed is {allowed:.0e}"
        outcome.problems.append(said)
    return error


def _time(
    outcome: Outcome,
    case: Case,
    device: Any,
    function: Callable[..., Tensor],
    tensors: list[Tensor],
    peers: Sequence[Peer],
) -> None:
    timer = Timer(device.new_event)
    with _on("GPU"):
        outcome.seconds = timer.measure(lambda: function(*tensors))
    if case.torch is None:
        return
    for peer in peers:
        try:
            seconds = timer.measure(peer.call(case, [t.asnumpy() for t in tensors]))
        except Exception as error:
            print(f"{peer.name} can't do {case.title}: {str(error)[:200]}", file=sys.stderr)
            continue
        if peer.is_compiled:
            outcome.compiled = seconds
        else:
            outcome.torch = seconds


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1e}" if value else "0"


def _ratio(theirs: float | None, ours: float | None) -> str:
    return "" if theirs is None or not ours else f"{theirs / ours:.2f}"


if __name__ == "__main__":
    sys.exit(main())
