"""How much memory the networks need: `python -m benchmarks.peak_memory`, on Linux.

Each contender runs in a process of its own. `process` is the most that its process ever held,
libraries and compilers included; `calls` is by how much calls raise it above what the process
holds once the network has been built and run three times.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .case import OURS
from .cases import CASES

_NETWORKS = ("mlp 64x784", "lenet-5 batch 32", "encoder 4x128x256")
_CONTENDERS = (OURS, "torch", "torch.compile", "jax")
_WARM, _CALLS = 3, 20
_PROCESS = Path("/proc/self")


def _mebibytes(what: str) -> float:
    """Return a line of the kernel's account of this process."""
    lines = (_PROCESS / "status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{what}:"))
    return int(line.split()[1]) / 1024


def measure(network: str, contender: str) -> tuple[float, float]:
    """Return the peak of this process, and what calls add, in MiB."""
    (case,) = (case for case in CASES if case.name == network)
    call = case.problem(False).contenders[contender]()
    for _ in range(_WARM):
        call()
    peak, held = _mebibytes("VmHWM"), _mebibytes("VmRSS")
    (_PROCESS / "clear_refs").write_text("5")  # The peak is what there is now.
    for _ in range(_CALLS):
        call()
    return peak, _mebibytes("VmHWM") - held


def main() -> None:
    """Print a table of all networks and contenders."""
    if sys.argv[1:]:
        print(*measure(*sys.argv[1:]))
        return
    print(f"{'network':20} {'contender':14} {'process':>10} {'calls':>10}   MiB")
    for network in _NETWORKS:
        for contender in _CONTENDERS:
            words = [sys.executable, "-m", __spec__.name, network, contender]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            numbers = done.stdout.split()[-2:] if not done.returncode else []
            shown = [f"{float(number):10.1f}" for number in numbers] or ["it can't run"]
            print(f"{network:20} {contender:14} {' '.join(shown)}", flush=True)


if __name__ == "__main__":
    main()
