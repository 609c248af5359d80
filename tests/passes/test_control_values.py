"""Branches and loops in memory, run op by op, where memory that was never written is poisoned."""

import numpy as np
import pytest

from .buffer_interpreter import Failed
from .compiled_graph import compute_all

F, V = "tensor<f64>", "tensor<4xf64>"
VECTOR, NUMBER = ((4,), np.float64), ((), np.int64)


def test_a_branch_gives_what_its_side_computes_or_what_stands_around():
    body = f"""
    %a = graph.neg %0 : {V}
    %r, %s, %t = graph.if %1 -> {V}, {V}, {V} {{
      %b = graph.add %a, %0 : {V}
      graph.give %b, %0, %b : {V}, {V}, {V}
    }} else {{
      graph.give %a, %a, %0 : {V}, {V}, {V}
    }}
    """
    x = np.arange(4.0)
    # The space makes another key of what is returned twice.
    results = dict.fromkeys(("%r", "%s", "%t", "%a", "%r "), VECTOR)
    for condition in (True, False):
        r, s, t, a, again = compute_all(body, [x, np.array(condition)], results)
        expected = (0 * x, x, 0 * x) if condition else (-x, -x, x)
        for got, wanted in zip((r, s, t), expected, strict=True):
            assert (got == wanted).all()
        assert (a == -x).all()
        assert (again == r).all()


@pytest.mark.parametrize("rounds", [0, 1, 2, 5])
def test_a_loop_swaps_rotates_and_keeps_its_values(rounds):
    body = f"""
    %two = graph.constant dense<2.0> : {V}
    %r, %s, %t, %u = graph.for 0 step 1 count {rounds}(%0, %1, %two, %two)
        : ({V}, {V}, {V}, {V}) -> {V}, {V}, {V}, {V} {{
    ^body(%i: tensor<i64>, %a: {V}, %b: {V}, %c: {V}, %d: {V}):
      %n = graph.add %a, %c : {V}
      graph.give %b, %c, %n, %n : {V}, {V}, {V}, {V}
    }}
    """
    x, y = np.arange(4.0), np.arange(4.0) * 10
    a, b, c, d = x, y, np.full(4, 2.0), np.full(4, 2.0)
    for _ in range(rounds):
        n = a + c
        a, b, c, d = b, c, n, n
    found = compute_all(body, [x, y], dict.fromkeys(("%r", "%s", "%t", "%u"), VECTOR))
    for got, wanted in zip(found, (a, b, c, d), strict=True):
        assert (got == wanted).all()


def test_loops_in_loops_read_what_stands_around_in_each_round():
    # Sums i * j over j < i, for i below a limit that is an input, plus a product from around.
    body = """
    %zero = graph.constant dense<0> : tensor<i64>
    %one = graph.constant dense<1> : tensor<i64>
    %p = graph.mul %0, %0 : tensor<i64>
    %i, %s = graph.while(%zero, %zero) : (tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64> {
    ^condition(%i: tensor<i64>, %s: tensor<i64>):
      %c = graph.compare "lt" %i, %0 : tensor<i64> -> tensor<i1>
      graph.give %c : tensor<i1>
    } do {
    ^body(%i: tensor<i64>, %s: tensor<i64>):
      %j, %t = graph.while(%zero, %s) : (tensor<i64>, tensor<i64>) -> tensor<i64>, tensor<i64> {
      ^condition(%j: tensor<i64>, %t: tensor<i64>):
        %c = graph.compare "lt" %j, %i : tensor<i64> -> tensor<i1>
        graph.give %c : tensor<i1>
      } do {
      ^body(%j: tensor<i64>, %t: tensor<i64>):
        %m = graph.mul %i, %j : tensor<i64>
        %k = graph.add %t, %m : tensor<i64>
        %n = graph.add %j, %one : tensor<i64>
        graph.give %n, %k : tensor<i64>, tensor<i64>
      }
      %u = graph.add %t, %p : tensor<i64>
      %n = graph.add %i, %one : tensor<i64>
      graph.give %n, %u : tensor<i64>, tensor<i64>
    }
    """
    for limit in (0, 1, 5):
        i, s = compute_all(body, [np.array(limit)], {"%i": NUMBER, "%s": NUMBER})
        assert i == limit
        assert s == sum(sum(i * j for j in range(i)) + limit**2 for i in range(limit))


def test_constants_of_two_branches_are_one_global():
    body = f"""
    %r = graph.if %0 -> {V} {{
      %k = graph.constant dense<[1.0, 2.0, 3.0, 4.0]> : {V}
      graph.give %k : {V}
    }} else {{
      %k = graph.constant dense<[1.0, 2.0, 3.0, 4.0]> : {V}
      %l = graph.neg %k : {V}
      graph.give %l : {V}
    }}
    """
    for condition, sign in ((True, 1), (False, -1)):
        (got,) = compute_all(body, [np.array(condition)], {"%r": VECTOR})
        assert (got == sign * np.arange(1.0, 5.0)).all()


def test_the_first_assertion_that_fails_ends_the_function():
    body = f"""
    %r = graph.if %0 -> {V} {{
      graph.assert %1 "ValueError" "a"
      graph.give %2 : {V}
    }} else {{
      graph.raise "KeyError" "b"
    }}
    graph.assert %1 "ValueError" "c"
    """
    x = np.arange(4.0)
    for conditions, text in (((1, 0), "ValueError: a"), ((0, 0), "KeyError: b")):
        with pytest.raises(Failed, match=text):
            compute_all(body, [*(np.array(c == 1) for c in conditions), x], {"%r": VECTOR})
    (got,) = compute_all(body, [np.array(True), np.array(True), x], {"%r": VECTOR})
    assert (got == x).all()
