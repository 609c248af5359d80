"""Random loops whose rounds only the call counts: as plain Python, or refused for a reason."""

from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway import Tensor

from .control_agreement import (
    VECTORS,
    agree_or_refuse,
    blocks,
    compile_text,
    indented,
)

LINES = st.sampled_from(
    [
        *("a = a + 1", "b = b * 0.5", "x = x + 1", "y = x * a", "a, b = a + 2, b - 1", "y = y - x"),
        *("t = (t[1], t[0] + a)", "x, y = y, x", "x = x if y[0] > 0 else y"),
        *("if x[0] > a: continue", "if y[1] > 3: break", "if a > 4: return x, a"),
        *("if x[2] < 0: a = a + 3", "print(a)"),
    ]
)
HEADS = st.sampled_from(
    [
        *("while k < 4 and x[0] < 9:", "while True:", "for i in range(int(x[1]) % 4):"),
        *("for i in range(3):", "while y[0] < 5:"),
    ]
)


def loop(inner):
    body = blocks(inner)
    orelse = st.one_of(st.just([]), LINES.filter(lambda line: ":" not in line).map(_else))
    return st.tuples(HEADS, body, orelse).map(
        lambda p: [p[0], *indented(["k += 1", "if k > 6: break", *p[1]]), *p[2]]
    )


def _else(line):
    return ["else:", "    " + line]


BODIES = st.recursive(LINES.map(lambda line: [line]), loop, max_leaves=6).filter(
    lambda lines: lines[0].startswith(("while", "for"))
)


REASONS = (
    "what the loop changes has another type after each round",
    "two tensors are given back that may be one",
    "on one side and",
    "is known only at run time",
    "exists only at run time",
    "what follows can't be compiled twice here",
    "nested deeper than the interpreter can follow",
)
"""Why a random program may be refused."""


@settings(max_examples=20, deadline=None)
@given(BODIES)
def test_random_loops(body):
    start = "k, a, b, t, y = 0, 1, 0.5, (0, 1), x * 2"
    text = "\n".join(["def f(x):", *indented([start, *body, "return x, y, a, b, t, k"]), ""])
    calls = [lambda v=v: (Tensor(v),) for v in VECTORS]
    agree_or_refuse(compile_text(text), calls, REASONS)
