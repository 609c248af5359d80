"""The command of the benchmarks: it runs without peers, and sees wrong results."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch):
    """Return what imports a module of the benchmarks, which aren't installed."""
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    words = ("-m", "benchmarks", "--tiny", "--quick", *words)
    return subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)


def case_of(module: Any, **results: Any) -> Any:
    """Return a case of contenders that give these results, where 1, 2 is right."""
    case = module("case")
    made = {
        name: lambda result=result: case.Call(result if callable(result) else lambda: result)
        for name, result in results.items()
    }
    right = np.array([1.0, 2.0])
    return case.Case("made up", lambda: case.Problem(lambda: right, made), goals={"best": 1.5})


def test_the_command_prints_a_table():
    done = run("--cases", "exp 1M", "--peers", "nobody", "--threads", "1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "NOT INSTALLED, SO NOT COMPARED: nobody" in done.stdout
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("exp 1M")]
    assert "GB/s" in line
    assert "missed: exp 1M (1)" in done.stdout


def test_the_command_gives_data():
    done = run("--cases", "matmul 64x*", "--peers", "numpy", "--format", "json", "--threads", "1,2")
    found = json.loads(done.stdout)
    assert [(row["case"], row["threads"]) for row in found["rows"]] == [
        ("matmul 64x64x64", 1),
        ("matmul 64x64x64", 2),
    ]
    for row in found["rows"]:
        assert set(row["wall"]) == set(row["processor"]) == {"foldaway", "numpy"}
        assert row["share"] > 0
        assert row["trouble"] == ""


def test_all_cases_agree_with_their_references(module: Any):
    for case in module("cases").CASES:
        if case.build.__name__ in ("_cold", "_warm"):
            continue  # Processes, whose program the first case runs as well.
        row = module("run_case").run_case(case, 1, [], None, tiny=True)
        assert row.ok, (row.case, row.disagrees)
        assert len(row.missing) <= 1


def test_contenders_that_disagree_are_reported_and_not_timed(module: Any):
    right, wrong = np.array([1.0, 2.0]), np.array([1.0, 2.1])
    case = case_of(module, foldaway=right, numpy=wrong)
    row = module("run_case").run_case(case, 1, ["numpy"], module("measure").QUICK)
    assert row.disagrees == {"numpy": "off by 0.05 of the greatest element"}
    assert (row.ok, row.counts) == (False, {})
    report = module("report")
    text = report.Table(["foldaway", "numpy"], False).lines(row)
    assert "numpy: DISAGREES, nothing is timed: off by 0.05" in text
    assert "WRONG OR BROKEN: made up (1)" in report.summary([row])


@pytest.mark.parametrize("result", [np.array([1.0]), np.array([1.0, np.nan])])
def test_another_shape_and_nan_disagree(module: Any, result: Any):
    row = module("run_case").run_case(case_of(module, foldaway=result), 1, [], None)
    assert "foldaway" in row.disagrees


def test_what_is_not_there_says_why(module: Any):
    def missing() -> None:
        raise ValueError("there is\nno such operator")

    case = case_of(module, foldaway=missing, numpy=np.array([1.0, 2.0]))
    row = module("run_case").run_case(case, 1, ["numpy"], module("measure").QUICK)
    assert row.missing == {"foldaway": "ValueError: there is no such operator"}
    assert (row.ok, row.met) == (True, False)
    assert [(goal.aim, goal.ratio) for goal in row.goals] == [(1.5, None)]
    text = module("report").Table(["foldaway", "numpy"], True).lines(row)
    assert "foldaway: not available: ValueError: there is no such operator" in text


def test_a_ratio_is_the_median_of_the_rounds_ratios(module: Any):
    measure = module("measure")
    times = [measure.Clocks(4.0, 1.0), measure.Clocks(9.0, 1.0), measure.Clocks(2.0, 1.0)]
    ours = [measure.Clocks(2.0, 2.0), measure.Clocks(1.0, 1.0), measure.Clocks(2.0, 0.5)]
    assert measure.ratio(times, ours, 2) == 2.0
    assert measure.ratio(times, ours, 1) == 1.0


def test_a_goal_needs_both_contenders(module: Any):
    rows = module("rows")
    met = rows.Row("x", 1, counts={"foldaway": 1.0}, goals=[rows.Goal("jax", 2, 2.5)])
    assert met.met
    assert not rows.Row("x", 1, counts={"foldaway": 1.0}, goals=[rows.Goal("jax", 2, None)]).met
    assert not rows.Row("x", 1, counts={"foldaway": 1.0}, share=0.5, share_aim=0.9).met
    assert rows.row_of(met.as_data()) == met


def test_a_limit_does_a_known_share_of_the_work(module: Any):
    limits = module("limits")
    for threads in (1, 2):
        for limit in [
            *limits.copies(1e6, threads).values(),
            *limits.reads(1e6, threads).values(),
            *limits.arithmetic(1e6, threads).values(),
        ]:
            limit.call()
            assert limit.scale > 0


@pytest.mark.parametrize("name", ["copy", "copy_past_cache"])
def test_the_limit_of_copies_copies_all(module: Any, name: str):
    limits = module("limits")
    source, target = limits._aligned(1024), limits._aligned(1024)
    source[:], target[:] = np.arange(1024), 0
    limits._functions()[name](source.ctypes.data, target.ctypes.data, 1024, 2)
    np.testing.assert_array_equal(target, source)


def test_the_limit_of_reads_reads_all(module: Any):
    limits = module("limits")
    source, target = limits._aligned(1024), limits._aligned(16)
    source[:], target[:] = np.arange(1024), 0
    limits._functions()["read"](source.ctypes.data, target.ctypes.data, 1024, 2)
    assert target[: limits._lanes()].sum() == source.sum()


def test_the_limit_of_arithmetic_multiplies_and_adds_as_often_as_it_says(module: Any):
    limits = module("limits")
    count = limits._SUMS * limits._lanes()
    numbers = limits._aligned(count)
    numbers[:] = 0
    # x * v0 + v1: a step of the second vector's ones.
    numbers[: 2 * limits._lanes()] = 1
    limits._functions()["arithmetic"](numbers.ctypes.data, 5)
    np.testing.assert_array_equal(numbers[2 * limits._lanes() :], 5)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's account is Linux's")
def test_peak_memory():
    words = ("-m", "benchmarks.peak_memory", "mlp 64x784", "foldaway")
    done = subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True)
    peak, added = map(float, done.stdout.split())
    assert peak > 20, done.stderr
    # A call keeps nothing, and needs less than its weights.
    assert 0 <= added < 5
