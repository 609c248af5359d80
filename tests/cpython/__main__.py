"""All that is long of the standard library and CPython's own tests: `python -m tests.cpython`."""

import os
import subprocess
import sys

from .modules import FOLDED, MORE_ROUND_TRIPS, REASON, ROUND_TRIP, has_tests


def run(module: str, *arguments: str) -> bool:
    """Run one of the scripts here in a process of its own; print how it ends."""
    command = [sys.executable, "-m", f"tests.cpython.{module}", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    except subprocess.TimeoutExpired:
        print(f"FAILED {module} {arguments[0]}: takes more than 900 s", flush=True)
        return False
    lines = done.stdout.strip().splitlines() or done.stderr.strip().splitlines() or [""]
    shown = lines if done.returncode else lines[-1:]
    print("\n".join(("FAILED" if done.returncode else "ok", *shown)), flush=True)
    return done.returncode == 0


def main() -> int:
    """Return 0 if all pass."""
    os.environ.setdefault("FOLDAWAY_CACHE", "0")  # What nobody runs again would fill it.
    results = [run("stdlib", "--stride", "1")]
    if not has_tests():
        print(f"skipped: {REASON}")
        return 0 if all(results) else 1
    for test, modules in (ROUND_TRIP | MORE_ROUND_TRIPS).items():
        results.append(run("round_trip", test, *modules))
    for test, modules in FOLDED.items():
        results.append(run("folded", test, *modules))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
