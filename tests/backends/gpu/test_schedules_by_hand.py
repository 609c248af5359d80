"""A schedule that is written by hand is run as it says or refused; it never gives wrong numbers."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xdsl.context import Context
from xdsl.dialects.builtin import DictionaryAttr, IntegerAttr, StringAttr, i64
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.utils.exceptions import PassFailedException

from foldaway.backends.cpu.driver import signature_of
from foldaway.passes.lower_linalg_to_simt import LowerLinalgToSimtPass
from foldaway.passes.schedule_simt import ScheduleSimtPass
from foldaway.runtime.driver import Signature

from ...passes.compiled_graph import lower
from .simt_form import driver

Shape = tuple[int, ...]
FUNCTIONS: dict[str, tuple[str, Shape, Any]] = {
    "abs": ("%y = graph.abs %x : IN", (9, 24), np.abs),
    "sum": ('%y = graph.reduce "sum" %x, axes = [1] : IN -> OUT', (7, 64), lambda x: x.sum(1)),
    "max": ('%y = graph.reduce "max" %x, axes = [0] : IN -> OUT', (70, 6), lambda x: x.max(0)),
    "turn": ("%y = graph.transpose %x, permutation = [1, 0] : IN -> OUT", (20, 36), np.transpose),
    "rows": (
        """%m = graph.reduce "max" %x, axes = [1] : IN -> tensor<3xf32>
        %b = graph.broadcast %m, dimensions = [0] : tensor<3xf32> -> IN
        %y = graph.sub %x, %b : IN""",
        (3, 96),
        lambda x: x - x.max(1, keepdims=True),
    ),
    "place": (
        '%y = graph.argreduce "max" %x, axis = 0 : IN -> PLACES',
        (40, 5),
        lambda x: x.argmax(0),
    ),
}  # fmt: skip
NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 4, 8, 16, 32, 64, 96, 100, 256, 1024, 2048])
NAMES = [
    *("threads", "blocks", "width", "flat", "turn", "tile", "read", "lanes", "across", "parts"),
    "rows",
]
FAMILIES = ["elementwise", "transpose", "reduction", "best_place", "serial", "rows", "fma", "none"]


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NAMES), NUMBERS, max_size=3),
    st.one_of(st.none(), st.sampled_from(FAMILIES)),
)
def test_numbers_are_right_or_refused(name: str, changed: dict[str, int], family: str | None):
    body, shape, expected = FUNCTIONS[name]
    x = np.random.default_rng(0).permutation(np.prod(shape)).reshape(shape).astype(np.float32)
    wanted = expected(x)
    out = "x".join(map(str, wanted.shape))
    types = {"IN": f"tensor<{'x'.join(map(str, shape))}xf32>", "OUT": f"tensor<{out}xf32>"}
    types["PLACES"] = f"tensor<{out}xi64>"
    given = types["PLACES" if "PLACES" in body else "OUT"]
    for short, type in types.items():
        body = body.replace(short, type)
    module = lower(
        f"func.func @f(%x: {types['IN']}) -> {given} {{\n{body}\nfunc.return %y : {given}\n}}"
    )
    ScheduleSimtPass().apply(Context(), module)
    ops = [op for op in module.walk() if isinstance(op, GenericOp)]
    schedule = ops[-1].attributes["simt"]
    assert isinstance(schedule, DictionaryAttr)
    numbers = {key: IntegerAttr(number, i64) for key, number in changed.items()}
    named = {"family": StringAttr(family)} if family else {}
    for op in ops:
        if op.attributes.get("simt") == schedule:
            op.attributes["simt"] = DictionaryAttr({**schedule.data, **numbers, **named})
    try:
        LowerLinalgToSimtPass().apply(Context(), module)
    except PassFailedException:
        assert changed or family, "the pass decides for what can be run"
        return
    module.verify()
    specs = sum(signature_of(module, "f"), ())
    executable = driver().compile(module, "f", Signature(specs[:1], specs[1:]))
    np.testing.assert_allclose(np.asarray(executable([x])[0]), wanted, rtol=1e-5)
