"""Numbers of arguments in containers and calls, and numbers that change from call to call."""

import collections
import copy
import fractions
import functools
import itertools
import json
import logging
import math
import operator
import statistics

import pytest

from foldaway import jit

from .number_agreement import X, outcome, same

STEP = 0


class Counter:
    def __init__(self):
        self.count = 0


def test_a_global_and_an_attribute_that_change_become_run_time_values():
    global STEP
    counter = Counter()

    def f(x):
        return x * STEP, counter.count + 1

    compiled = jit(f)
    for n in range(12):
        STEP, counter.count = n, n * n
        assert same(compiled(X), f(X))
    assert len(compiled.specializations) <= 5


def test_a_captured_number_and_one_in_a_list():
    table, captured = [0], 0

    def f(x):
        return x + table[0], captured * 2.5

    compiled = jit(f)
    for n in range(12):
        table[0], captured = n, n
        assert same(compiled(X), f(X))
    assert len(compiled.specializations) <= 5


def test_many_values_are_bounded_and_told_once(caplog):
    @jit
    def f(x, n):
        return x.reshape((1,) * (n % 7)).shape if n < 0 else [0] * n

    with caplog.at_level(logging.INFO, "foldaway.fallback"):
        for n in range(100):
            assert f(X, n) == [0] * n
    assert len(f.specializations) <= 32
    told = [r for r in caplog.records if "more than 4 values" in r.getMessage()]
    assert len(told) == 1
    assert told[0].levelno == logging.INFO
    assert "'n'" in told[0].getMessage()
    assert f"{__file__}:{f.function.__code__.co_firstlineno + 2}" in told[0].getMessage()
    assert f(X, 99) == [0] * 99


def test_what_is_used_is_kept():
    @jit
    def f(n):
        return [0] * n

    f(1)
    for n in range(2, 60):
        f(n)
        f(1)
    assert 1 in [len(one.run([1])) for one in f.specializations]


# Containers and calls that only move numbers.


def gives(n):
    for i in range(3):
        yield n * i


def collects(n):
    found, table = [], {}
    for i in range(3):
        found.append(n * i)
    table["n"] = n
    table.setdefault("m", n + 1)
    table.update(k=n)
    return found, table, table.get("n"), list(table.items())


MOVERS = [
    collects,
    lambda n: [n, 1, *[n]] + [n] * 2,
    lambda n: list(zip([n], [n + 1], strict=True)),
    lambda n: dict(a=n),
    lambda n: sum([n, 1, n * 2]),
    lambda n: functools.reduce(operator.add, [n, 1, 2]),
    lambda n: functools.reduce(lambda a, b: a * b, [n, 2]),
    lambda n: list(map(lambda v: v + n, [1, 2])),
    lambda n: list(itertools.accumulate([n, 1], operator.mul)),
    lambda n: [v * n for v in range(3)],
    lambda n: list(gives(n)),
    lambda n: sum(gives(n)),
    lambda n: (sorted([n + 9, 0]), max([n, -1]), min(n, -1), any([n, 0]), all([1, n])),
    lambda n: list(map(type, [n, 1.0])),
    lambda n: list(map(type, (v for v in [n]))),
    lambda n: {**{"a": n}, "b": [n]},
    lambda n: functools.partial(lambda a, b: a - b, n)(1),
]


@pytest.mark.parametrize("mover", MOVERS)
def test_what_moves_numbers_needs_no_constants(mover):
    compiled = jit(mover)
    for n in (1, 2, 3, 2**65):
        assert same(compiled(n), mover(n))
    assert len(compiled.specializations) == (4 if "partial" in mover.__code__.co_names else 1)


LOOKERS = [
    lambda n: list(map(str, [n])),
    lambda n: ",".join(map(str, [n, 2])),
    lambda n: json.dumps({"a": [n, (n,)]}),
    lambda n: statistics.mean([n, 1, 2]),
    lambda n: statistics.mean(gives(n)),
    lambda n: math.fsum([n, 0.1]),
    lambda n: (len(n), n),
    lambda n: list(reversed(n)),
    lambda n: {n: 1, 2: 3},
    lambda n: [1, 2, 3].index(n),
    lambda n: {1: "a"}.get(n),
    lambda n: str(fractions.Fraction(1, 3) + n),
    lambda n: n + 1j,
    lambda n: pow(n, 2, 7),
    lambda n: bytes([n % 256]),
    lambda n: sorted([(n, "a"), (2, "b")]),
    lambda n: Slotted(n).q,
    lambda n: Named(n, 1)._asdict(),
    lambda n: copy.deepcopy([n, {"a": n}]),
    lambda n: "{} {a:>5}".format(n, a=n),  # noqa: UP032
    lambda n: [v for v in range(9) if v < n],
    lambda n: math.ldexp(0.5, n),
    lambda n: n.to_bytes(9, "big", signed=True),
    lambda n: list(range(n % 5, n % 5 + 3)),
]


class Slotted:
    __slots__ = ("q",)

    def __init__(self, q):
        self.q = q


Named = collections.namedtuple("Named", "a b")


@pytest.mark.parametrize("looker", LOOKERS)
def test_what_looks_at_numbers_sees_this_calls(looker):
    compiled = jit(looker)
    for n in (1, 2, 0, 2.5, -1, 1, True, float("inf")):
        assert same(outcome(compiled, n), outcome(looker, n))


def test_the_message_of_an_assertion_is_plain():
    @jit
    def f(x, n):
        assert n > 10, n
        return x

    with pytest.raises(AssertionError) as caught:
        f(X, 3)
    assert type(caught.value.args[0]) is int


def test_a_counter_of_an_object_counts():
    counter = Counter()

    @jit
    def f(x):
        counter.count += 1
        return x * counter.count

    for n in range(1, 9):
        assert f(X).tolist() == [n, 2 * n, 3 * n]
    assert counter.count == 8
    assert len(f.specializations) <= 3


def test_a_list_that_is_looked_at_stays_as_it_is():
    items = [3, 4]
    f = jit(lambda x, items: (json.dumps(items), items))
    text, found = f(X, items)
    assert text == "[3, 4]"
    assert found is items
    assert "changes a list" not in str(f.report())


def test_a_print_of_a_number_needs_no_new_code(capsys):
    def f(x, n, rate):
        print("step", n, rate * 2, x, n > 1, sep="|")
        print([n], end=".")
        return x * n

    def g(x, n, rate):
        print("step", n, rate * 2, x, n > 1, sep="|")
        return x

    for function, count in ((f, 3), (g, 1)):
        compiled = jit(function)
        for n in (1, 2, 3):
            compiled(X, n, n / 4)
            found = capsys.readouterr().out
            function(X, n, n / 4)
            assert found == capsys.readouterr().out
        assert len(compiled.specializations) == count
