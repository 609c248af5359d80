"""The command that compares the GPU with others, on the simulated one."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from foldaway import context, gpu_cases, gpu_check, gpu_timing
from foldaway.dialects import dtypes
from foldaway.gpu_cases import Case
from foldaway.gpu_check import Outcome


@pytest.fixture(autouse=True)
def simulated(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_GPU", "sim")
    yield
    context.reset_context()


def test_what_is_right(capsys, tmp_path):
    file = tmp_path / "outcomes.json"
    assert gpu_check.main(["--cases", "x+column", "--json", str(file)]) == 0
    said = capsys.readouterr().out
    assert "device: simulated GPU" in said
    assert "| x+column | 33x65 33x1 | bfloat16 | 0 |" in said
    assert "4 cases, 0 wrong" in said
    assert [one["problems"] for one in json.loads(file.read_text())] == [[]] * 4


def test_what_is_wrong_is_named(capsys, monkeypatch):
    wrong = Case("half", lambda x: x * 0.5, ((3,),), reference=lambda x: np.array([0.5, 1, 9]) * x)
    monkeypatch.setattr(gpu_check, "small_cases", lambda: [wrong])
    assert gpu_check.main([]) == 1
    assert "- half | 3 | float32: error" in capsys.readouterr().out


def test_what_raises_is_named(capsys, monkeypatch):
    def broken(x):
        raise KeyError("lost")

    monkeypatch.setattr(gpu_check, "small_cases", lambda: [Case("broken", broken, ((3,),))])
    assert gpu_check.main([]) == 1
    assert "- broken | 3 | float32: KeyError: 'lost'" in capsys.readouterr().out


def compared(got, wanted, dtype=dtypes.float32):
    outcome = Outcome("case")
    case = Case("case", abs, (), dtype)
    error = gpu_check._compare(outcome, "another", case, np.asarray(got), np.asarray(wanted))
    return error, outcome.problems


def test_comparisons():
    one = np.float32([1, np.nan, np.inf])
    assert compared(one, one) == (0.0, [])
    assert compared(one, np.float32([1, 2, np.inf]))[1] == ["infinities or nans that another " + X]
    assert compared(np.float32([1, 2]), np.float32([1, 4])) == (
        0.5,
        ["error 5.0e-01 from another at [1], allowed is 2e-05"],
    )
    assert compared(np.int8([1, 2]), np.int8([1, 3]))[1] == [
        "1 of 2 numbers aren't those of another"
    ]
    assert compared(np.float32([1]), np.float32([[1]]))[1] == ["another gives float32[1, 1]"]
    assert compared(np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32)) == (0.0, [])


X = "doesn't have"


def test_calls_are_timed_in_groups_between_marks():
    calls, clock = [], SimpleNamespace(now=0.0)

    class Mark:
        def __init__(self):
            self.at = clock.now

        def since(self, earlier):
            return self.at - earlier.at

    def call():
        calls.append(clock.now)
        clock.now += 1e-3

    assert gpu_timing.Timer(Mark).measure(call) == pytest.approx(1e-3)
    assert 100 < len(calls) < 300


def test_every_case_is_named_once_and_has_its_inputs():
    for cases in (gpu_cases.small_cases(), gpu_cases.large_cases()):
        titles = [case.title for case in cases]
        assert len(set(titles)) == len(titles)
    for case in gpu_cases.small_cases():
        assert [array.shape for array in case.inputs()] == list(case.shapes)
