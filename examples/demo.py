"""The examples that the project began with, and one function at every stage: `make demo`."""

import subprocess
import sys
from pathlib import Path

import numpy as np

import foldaway
from foldaway import Tensor

SEED = Path(__file__).parent / "seed"
STAGES = {
    "pyobj": "what the frontend reads: operators on tensors are graph ops, all else is Python",
    "graph": "what is left when the objects are folded away",
    "linalg": "the level where all machines start",
    "llvm": "what the CPU runs",
    "python": "what is left for the interpreter at each call",
}


@foldaway.jit
def scale(x):
    """Scale by a table that NumPy makes while compiling."""
    table = np.linspace(0.0, 1.0, 4).astype(np.float32)
    if table.sum() > 1:
        table = table / table.max()
    return x * Tensor(table) + x


def show(title: str, text: str) -> None:
    print(f"\n=== {title}\n{text.rstrip()}", flush=True)


def start(file: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "foldaway.mindspore", str(file)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def main() -> None:
    files = sorted(SEED.glob("*.py"))
    for file, process in zip(files, [start(file) for file in files], strict=True):
        output, _ = process.communicate()
        ending = "(which ends with an error, as it should)" if process.returncode else ""
        show(f"examples/seed/{file.name}", output + ending)
    x = Tensor(np.arange(4, dtype=np.float32))
    show("scale(x)", str(scale(x)))
    for stage, meaning in STAGES.items():
        show(f"scale.ir({stage!r}): {meaning}", str(scale.ir(stage)))


if __name__ == "__main__":
    main()
