"""Random programs, compiled, do what plain Python does; `make fuzz` runs many more."""

import pytest

from .__main__ import outcome
from .programs import program

_CHUNK = 10
_COUNT = 300


@pytest.mark.parametrize("first", range(0, _COUNT, _CHUNK))
def test_strict(first):
    outcomes = {
        seed: outcome(program(seed), fullgraph=True) for seed in range(first, first + _CHUNK)
    }
    assert not {seed: text for seed, text in outcomes.items() if text.startswith("different")}
    # Were all refused, this would say nothing.
    assert sum(text == "same" for text in outcomes.values()) >= _CHUNK // 4


@pytest.mark.parametrize("first", range(0, _COUNT, _CHUNK))
def test_lax(first):
    seeds = range(first, first + _CHUNK)
    outcomes = {seed: outcome(program(seed, lax=True), fullgraph=False) for seed in seeds}
    assert not {seed: text for seed, text in outcomes.items() if text != "same"}
