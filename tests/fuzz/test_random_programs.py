"""Random programs, compiled, do what plain Python does; `make fuzz` runs many more."""

from unittest import mock

import pytest

from foldaway import native_calls

from .__main__ import outcome
from .kernels import kernels
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


_KERNELS = 40


@pytest.mark.parametrize("first", range(0, _KERNELS, _CHUNK))
@pytest.mark.parametrize("fullgraph", [True, False])
def test_kernels(first, fullgraph):
    """What is nothing but a kernel is entered by machine code from the third call on."""
    with mock.patch("foldaway.jit.add_form", wraps=native_calls.add_form) as added:
        seeds = range(first, first + _CHUNK)
        outcomes = {seed: outcome(kernels(seed), fullgraph=fullgraph) for seed in seeds}
    assert not {seed: text for seed, text in outcomes.items() if text != "same"}
    assert added.call_count >= _CHUNK // 4
