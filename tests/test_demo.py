"""`make demo` shows the seed's examples and one function at every stage."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_demo_shows_everything():
    words = [sys.executable, "examples/demo.py"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    titles = [line for line in done.stdout.splitlines() if line.startswith("=== ")]
    assert [t.split()[1] for t in titles[:7]] == [
        f"examples/seed/{file.name}" for file in sorted((ROOT / "examples/seed").glob("*.py"))
    ]
    assert [t.partition("'")[2].partition("'")[0] for t in titles[8:]] == [
        *("pyobj", "graph", "linalg", "llvm", "python")
    ]
    assert done.stdout.count("which ends with an error, as it should") == 1
