"""Indices that only the call knows: rounds of a long loop that take their part of a tensor."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foldaway import Tensor, grad, jit

from .control_agreement import Programs, agree

PROGRAMS = Programs()
ROUNDS = 40
SHORT = [[1.0, 2.0, 3.0], [0.0, 5.0, -7.0]]


def rows():
    """Return a sequence of vectors, one for each round."""
    return Tensor((np.arange(ROUNDS * 3) % 7 - 3).reshape(ROUNDS, 3).astype(np.float32))


def table():
    """Return as many numbers as there are rounds, twice."""
    return Tensor(np.arange(ROUNDS * ROUNDS).reshape(ROUNDS, ROUNDS))


@PROGRAMS.add(rows, vectors=SHORT)
def forwards(x, w):
    for i in range(ROUNDS):
        x = x * 0.5 + w[i]
    return x


@PROGRAMS.add(rows, vectors=SHORT)
def backwards(x, w):
    for i in range(ROUNDS - 1, -1, -1):
        x = x * 0.5 + w[i]
    return x


@PROGRAMS.add(rows, vectors=SHORT)
def from_the_end(x, w):
    for i in range(ROUNDS):
        x = x * 0.5 + w[-1 - i] - w[-i - 1, 1:].sum() + w[i - ROUNDS][0]
    return x


@PROGRAMS.add(table, vectors=SHORT)
def one_element(x, w):
    for i in range(ROUNDS):
        x = x * 0.5 + w[i, i] + w[i][ROUNDS - 1 - i]
    return x


@PROGRAMS.add(table, vectors=SHORT)
def columns_and_new_axes(x, w):
    s = w[0]
    for i in range(ROUNDS):
        s = s + w[:, i] - w[..., i] * 2 + w[None, i, ::-1, None].reshape(-1)
    return x * s.sum()


@PROGRAMS.add(table, vectors=SHORT)
def in_each_other(x, w):
    for i in range(ROUNDS - 2):
        for j in range(ROUNDS - 3):
            x = x * 0.5 + w[i + 1, j + 2] + w[i, i - j]
    return x


@PROGRAMS.add(rows, vectors=SHORT)
def in_a_branch(x, w):
    for i in range(ROUNDS):
        if x[0] > 0:
            x = x - w[i]
        else:
            x = x + w[i] * 2 + w[i].reshape(3, 1).sum()
    return x


@PROGRAMS.add(rows, vectors=SHORT)
def left_early(x, w):
    for i in range(ROUNDS):
        x = x + w[i]
        if x[1] > 9:
            return w[i], i
    return x


@PROGRAMS.add(rows, vectors=SHORT)
def carried_and_changed(x, w):
    v = w * 1
    for i in range(ROUNDS):
        v[0] = v[i] + x
        v[1:3] = v[i] - v[ROUNDS - 1 - i]
    return v


@PROGRAMS.add(rows, vectors=SHORT)
def read_where_the_next_value_goes(x, w):
    v = w * 1
    for i in range(ROUNDS):
        v = v * 0.5 + v[i]
        x = v[ROUNDS - 1 - i] + x * 0.25
        v[3] = x
    return v, x


@PROGRAMS.add(rows, vectors=SHORT)
def exchanged_in_each_other(x, w):
    for i in range(ROUNDS):
        for j in range(ROUNDS):
            w, x = w * 0.5 + x, w[j] - w[i]
    return w, x


@PROGRAMS.add(rows, rows, vectors=SHORT)
def swapped_until_broken_off(x, v, w):
    for i in range(ROUNDS):
        v, w = w, v + w[i] * 0.1
        if x[0] > 4:
            break
        x = v[i]
    return v, w, x


@PROGRAMS.add(rows, rows, vectors=SHORT)
def swapped(x, v, w):
    for i in range(ROUNDS):
        v, w, x = w, v * 0.5 + x, v[i]
    return v, w, x


@PROGRAMS.add(rows, vectors=SHORT)
def part_is_kept(x, w):
    last = before = w[0]
    for i in range(ROUNDS):
        before, last = last, w[i]
        x = x + before * last
    return x, before, last


# An index that may lie outside is for Python, round by round.


@PROGRAMS.add(table, vectors=SHORT)
def a_known_index_is_too_far(x, w):
    for i in range(ROUNDS):
        x = x + (w[i, ROUNDS] if i == 39 else w[i, 0])
    return x


@PROGRAMS.add(rows, vectors=SHORT)
def around_zero(x, w):
    for i in range(ROUNDS):
        x = x * 0.5 + w[i - 1]
    return x


@PROGRAMS.add(rows, vectors=SHORT)
def elements_are_written(x, w):
    v = w * 1
    for i in range(ROUNDS):
        v[i] = v[i] * x
    return v


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)


@pytest.mark.parametrize("function", [forwards, backwards, from_the_end, in_a_branch, left_early])
def test_the_number_of_ops_does_not_grow_with_the_rounds(function):
    def ops(rounds):
        code = function.__code__
        scope = {"ROUNDS": rounds}
        compiled = jit(type(function)(code, scope))
        compiled(Tensor([1.0, 2.0, 3.0]), Tensor(np.ones((rounds, 3), np.float32)))
        return compiled.report().ops_compiled

    assert ops(40) == ops(400)


@given(
    st.integers(-3, 3),
    st.integers(-90, 90),
    st.integers(20, 40),
    st.integers(-2, 2).filter(bool),
    st.sampled_from(["{}", "{}, 1", ":, {}", "..., {}, 0:2", "{}, {}", "{}, ::-2"]),
)
@settings(max_examples=30)
def test_any_linear_index_is_what_it_is_in_python(factor, offset, count, step, form):
    index = f"i * {factor} + {offset}"
    part = f"w[{form.format(index, index)}]"

    def sums(w, s):
        for i in range(0, count * step, step):
            s = s * 0.5 + eval_part(w, i).sum()
        return s

    scope: dict = {}
    exec(f"def eval_part(w, i):\n    return {part}\n", scope)
    eval_part = scope["eval_part"]
    w = Tensor(np.arange(90 * 90, dtype=np.float64).reshape(90, 90))
    try:
        wanted = sums(w, Tensor(1.0))
    except IndexError as error:
        with pytest.raises(IndexError, match=str(error)[:10]):
            jit(sums)(w, Tensor(1.0))
        return
    np.testing.assert_array_equal(np.asarray(jit(sums)(w, Tensor(1.0))), np.asarray(wanted))


def test_an_index_outside_raises_what_it_raises_in_python():
    def too_far(x, w):
        for i in range(ROUNDS + 1):
            x = x + w[i]
        return x

    with pytest.raises(IndexError, match="index 40 is out of bounds for axis 0 with size 40"):
        jit(too_far, fullgraph=True)(Tensor([1.0, 2.0, 3.0]), rows())


def test_gradients_go_back_to_where_the_part_was():
    def steps(x, y):
        for i in range(ROUNDS):
            y = y + grad(lambda x, y, i=i: (x[i] * y * x[ROUNDS - 1 - i]).sum())(x, y)
        return y

    def by_hand(x, y):
        for i in range(ROUNDS):
            change = np.zeros_like(x)
            change[i] += (y * x[-1 - i]).sum(axis=0)
            change[-1 - i] += (x[i] * y).sum(axis=0)
            y = y + change
        return y

    x, y = np.random.default_rng(1).standard_normal((2, ROUNDS, 3)) / 10
    compiled = jit(steps)
    got = np.asarray(compiled(Tensor(x), Tensor(y)))
    np.testing.assert_allclose(got, by_hand(x, y), rtol=1e-12)
