"""Random programs, plainly and compiled: `python -m tests.fuzz --count 20000 --mode both`."""

import argparse
import logging
import math
import os
import re
import signal
import sys
import time
import traceback
from collections import Counter

from .kernels import kernels
from .observe import Difference, Endless, Refused, Slow, check
from .programs import CHOICES, program
from .shrink import shrunk

_SECONDS = 60


def outcome(case, *, fullgraph):
    """Return "same", "refused: why" or "different: what" for a program."""
    try:
        check(case, fullgraph=fullgraph)
    except Refused as refused:
        return f"refused: {reason(str(refused))}"
    except Difference as difference:
        return f"different: {difference}"
    except Slow:
        return f"different: takes more than {_SECONDS} seconds"
    except Endless:
        return "invalid: Python itself takes too long"
    except SyntaxError as error:
        return f"invalid: {error}"
    except Exception:
        return f"different: the harness failed: {traceback.format_exc()}"
    return "same"


def reason(message):
    """Return the problem that an error names, without the names in it."""
    found = re.search(r"^error: (.*)$", message, re.MULTILINE)
    return re.sub(r"'[^']*'", "'…'", found[1] if found else message.splitlines()[0])


def _late(*_):
    raise Slow


def main():
    """Run the programs of a range of seeds; print what differs, made small. Exit with 1 then."""
    os.environ.setdefault("FOLDAWAY_CACHE", "0")  # What nobody runs again would fill it.
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0, help="number of the first program")
    parser.add_argument("--step", type=int, default=1, help="take each step-th program only")
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin none after these")
    parser.add_argument("--mode", choices=("strict", "lax", "both"), default="both")
    parser.add_argument("--kernels", action="store_true", help="programs of tensors only")
    parser.add_argument("--feature", choices=CHOICES, help="what each program may do")
    parser.add_argument("--show", action="store_true", help="print each program")
    parser.add_argument("--no-shrink", action="store_true")
    options = parser.parse_args()
    logging.getLogger("foldaway.fallback").setLevel(logging.ERROR)
    signal.signal(signal.SIGALRM, _late)
    modes = ("strict", "lax") if options.mode == "both" else (options.mode,)
    return max(_run(mode, options) for mode in modes)


def _run(mode, options):
    counts, start = Counter(), time.monotonic()
    for seed in range(options.seed, options.seed + options.count, options.step):
        if time.monotonic() - start > options.seconds:
            break
        lax = mode == "lax"
        case = kernels(seed) if options.kernels else program(seed, lax, options.feature)
        if options.show:
            print(f"# {mode} {seed}\n{case}", flush=True)
        found = _timed(case, mode)
        counts[found.partition(":")[0] if found.startswith("different") else found] += 1
        if found.startswith("different") or (mode == "lax" and found.startswith("refused")):
            counts["failed"] += 1
            print(f"\n== {mode}, seed {seed}: {found}", flush=True)
            _show(case, mode, options)
    seconds = time.monotonic() - start
    run = sum(counts.values()) - counts["failed"]
    print(f"\n{mode}: {run} programs from {options.seed} in {seconds:.0f} s")
    for what, count in counts.most_common():
        print(f"{count:7} {what}")
    return 1 if counts["failed"] else 0


def _show(case, mode, options):
    found = _kind(_timed(case, mode))
    if not options.no_shrink:
        case = shrunk(case, lambda smaller: _kind(_timed(smaller, mode)) == found)
    print(f"{case}-- {_timed(case, mode)}", flush=True)


def _kind(found):
    """Return how a program fails, without the values: a smaller one must fail the same way."""
    expected, _, got = found.partition("compiled it is")
    words = [*expected.split()[:9], *got.split()[:2]]
    return re.sub(r"\d+", "", " ".join(words))


def _timed(case, mode):
    signal.alarm(_SECONDS)
    try:
        return outcome(case, fullgraph=mode == "strict")
    except Slow:
        return "different: slow"
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    sys.exit(main())
