"""What a program reads and changes itself doesn't compile anew at every call."""

import numpy as np
import pytest

from foldaway import Tensor, jit

from .effect_agreement import agrees, box, picture

TOTAL = 0


def counts_in_many_places(w):
    global TOTAL
    TOTAL += 1
    w.n += 1
    w.inner.n -= 2
    w.scale *= 1.5
    w.table["a"] += 1
    w.items[0] += w.n
    return w.x * w.scale + w.n


def test_counters_compile_once():
    global TOTAL
    plain, w = box(), box()
    plain.scale = w.scale = 0.5
    compiled = jit(counts_in_many_places)
    for call in range(6):
        TOTAL = call
        expected = counts_in_many_places(plain)
        TOTAL = call
        result = compiled(w)
        assert picture((result, w)) == picture((expected, plain))
        assert call + 1 == TOTAL
    assert len(compiled.specializations) == 1


def test_a_captured_counter_compiles_once():
    n = 0

    @jit
    def f(x):
        nonlocal n
        n += 1
        return x + n

    assert [f(Tensor(0)).item() for _ in range(5)] == [1, 2, 3, 4, 5]
    assert (n, len(f.specializations)) == (5, 1)


def test_a_flag_that_is_set_once():
    @jit
    def f(w):
        if w.first:
            w.first = False
            return w.x
        return -w.x

    w = box()
    w.first = True
    assert [f(w).tolist() for _ in range(4)] == [[1, 2], [-1, -2], [-1, -2], [-1, -2]]
    assert len(f.specializations) == 2


def test_a_counter_that_the_compiler_needs():
    @jit
    def f(w):
        w.n += 1
        return w.x + len(range(w.n)), float(np.zeros(w.n).sum())

    plain, w = box(), box()
    for _ in range(4):
        assert picture(f(w)) == picture(f.function(plain))
        assert w.n == plain.n


def test_prints_come_once_when_a_fold_starts_again(capsys):
    @jit
    def f(w):
        print("constant")
        w.n += 1
        return w.x

    f(box())
    assert capsys.readouterr().out == "constant\n"


def logs(w):
    w.items.append(w.x)
    w.items += [w.n, [w.n]]
    w.items.extend((w.x, w.x + 1))
    w.queue.appendleft(w.n)
    w.names.add("new")
    w.names |= {"u"}
    w.names.discard("p")
    return w.items, "q" in w.names


def keeps_in_a_dict(w):
    table = w.table
    table["count"] = table.get("count", 0) + 1
    if "first" not in table:
        table["first"] = w.x
    table.setdefault("log", 0)
    table["a"] += table["count"]
    table.update(b=w.x, c=table["b"])
    return table.pop("c"), table, "c" in table


def changes_what_is_missing(w):
    try:
        w.table["missing"] += 1
    except KeyError as error:
        w.table["missing"] = 0
        return error.args


@pytest.mark.parametrize(
    ("function", "forms"), [(logs, 1), (keeps_in_a_dict, 2), (changes_what_is_missing, 2)]
)
def test_what_is_only_written_compiles_once(function, forms):
    compiled = agrees(function, box, calls=6)
    assert len(compiled.specializations) == forms


def iterates(w):
    w.items.append(w.n)
    return [item for item in w.items], len(w.items)


def looks_natively(w):
    w.items.append(1)
    w.table["k"] = 2
    w.digits.add(7)
    return sorted(w.digits), str(w.table), sum(w.items), list(reversed(w.items))


def compares(w):
    w.items.append(1)
    w.queue.append(1)
    return w.items == [1], bool(w.queue), not w.items, w.items[-1], isinstance(w.items, list)


def unpacks(w):
    w.items[:] = [1, 2]
    a, *b = w.items
    first, *_ = w.queue
    w.queue.append(3)
    return a, b, first, f"{w.items}", type(w.queue)


def hides_in_born_things(w):
    w.items.append(1)
    held = {"k": [w.items]}
    return str(held), len(held["k"][0])


@pytest.mark.parametrize(
    "function", [iterates, looks_natively, compares, unpacks, hides_in_born_things]
)
def test_what_is_also_read_is_guarded(function):
    agrees(function, box, calls=4)


def test_one_list_known_by_two_names_and_only_written():
    @jit
    def f(x, w):
        w.items.append(x)
        w.other.append(x)
        return w.items is w.other

    w = box()
    w.other = w.items
    x = Tensor(1.0)
    assert [f(x, w) for _ in range(3)] == [True] * 3
    assert len(w.items) == 9
    w.other = []
    assert not f(x, w)
    assert (len(w.items), len(w.other)) == (10, 1)


class Problem(Exception):
    def __init__(self, *args, **details):
        super().__init__(*args)
        self.details = details


def fails(w):
    raise ValueError(w.x * 2, w.n, w.items)


@pytest.mark.parametrize("function", [fails, lambda w: w.table[w.n]])
def test_an_exception_holds_what_plain_python_gives(function):
    def raises(w):
        w.n += 1
        raise Problem(w.x * 2, w.n, [w.items], inner=w.inner, made=[w.x]) from KeyError(w.n)

    plain, w = box(), box()
    for call in (function, raises, raises):
        with pytest.raises(Exception) as expected:  # noqa: PT011
            call(plain)
        with pytest.raises(Exception) as caught:  # noqa: PT011
            jit(call)(w)
        wanted, found = expected.value, caught.value
        assert type(found) is type(wanted)
        assert picture((found.args, vars(found))) == picture((wanted.args, vars(wanted)))
        assert picture(getattr(found.__cause__, "args", None)) == picture(
            getattr(wanted.__cause__, "args", None)
        )
    assert found.args[2][0] is w.items
    assert found.details["inner"] is w.inner


def test_two_arguments_are_exchanged():
    @jit
    def f(x, y):
        a = x.copy()
        x[...] = y
        y[...] = a

    for kind in (np.array, Tensor):
        x, y = kind([1.0, 2.0]), kind([3.0, 4.0])
        f(x, y)
        assert [list(np.asarray(x)), list(np.asarray(y))] == [[3.0, 4.0], [1.0, 2.0]]
