"""What a program changes that existed before the call: as plain Python does, at every call."""

import pytest

from foldaway import jit

from .effect_agreement import Box, agrees, box, picture


def counts(w):
    w.n += 1
    return w.n


def sets_and_reads(w):
    w.new = w.x * 2
    w.x = w.new + 1
    return w.x, w.new


def deletes(w):
    del w.inner.n
    return hasattr(w.inner, "n")


def deletes_and_sets(w):
    del w.n
    w.n = 7
    return w.n


def reads_what_was_deleted(w):
    del w.n
    return w.n


def falls_back(w):
    try:
        w.seen += 1
    except AttributeError:
        w.seen = 0
    return w.seen


def sets_by_name(w):
    setattr(w, "a" + "b", 3)
    delattr(w, "ab")
    w.c = w.n
    return getattr(w, "c"), hasattr(w, "ab")  # noqa: B009


def appends(w):
    w.items.append(w.x * 2)
    return w.items, len(w.items)


def changes_a_list(w):
    items = w.items
    items.extend([4, 5])
    items.insert(0, 9)
    items[1] = "one"
    items.remove(3)
    del items[0]
    items.reverse()
    items += [w.x]
    return items.pop(0), items


def slices_a_list(w):
    w.items[1:2] = ["x", "y"]
    w.items[::2] = list(range(len(w.items[::2])))
    del w.items[:1]
    w.items *= 2
    return w.items


def sorts(w):
    w.items.sort(key=lambda v: -v)
    return w.items


def changes_a_dict(w):
    table = w.table
    table["c"] = w.x
    table["a"] = 5
    table.update(d=4)
    table.setdefault("e", []).append(1)
    table |= {"f": 6}
    return table.pop("b", None), list(table), table


def reorders_a_dict(w):
    w.table["a"] = w.table.pop("a")
    w.table.popitem()
    return list(w.table)


def clears(w):
    w.table.clear()
    w.items.clear()
    w.names.clear()
    w.queue.clear()
    return w


def changes_a_set(w):
    w.names.add("r")
    w.names.discard("p")
    w.names |= {"s", "t"}
    w.names.update(["u"])
    w.digits.add(5)
    w.digits.discard(1)
    w.digits |= {4, 6}
    w.digits -= {6}
    return "u" in w.names, len(w.digits)


def changes_a_deque(w):
    w.queue.append(w.x)
    w.queue.appendleft(0)
    w.queue.rotate(1)
    return w.queue.pop()


def changes_collections(w):
    w.ordered.move_to_end("a")
    w.ordered["c"] = w.x
    w.counts.update("abc")
    w.counts["z"] += 2
    w.groups["k"].append(w.x)
    w.data.append(99)
    w.data[0] = 65
    return w.groups["nothing"], w.counts.most_common(1)


def calls_native_code(w):
    import bisect
    import heapq

    heapq.heappush(w.items, 0)
    bisect.insort(w.items, 2)
    list(map(w.items.append, [7, 8]))
    return w.items


def shares_a_born_list(w):
    born = [1]
    w.inner.items.append(born)
    born.append(w.x)
    w.again = born
    born += ["end"]
    return born


def shares_a_born_instance(w):
    made = Box(n=1)
    w.made = made
    made.n += 1
    made.x = w.x * made.n
    made.back = w
    return made


def makes_cycles(w):
    items = [1]
    items.append(items)
    table = {"items": items}
    table["self"] = table
    pair = ([], table)
    pair[0].append(pair)
    node = Box(next=None)
    node.next = Box(next=node)
    w.kept = (items, table, pair, node)
    items.append(2)
    return w.kept


def one_list_by_two_paths(w):
    w.alias = w.items
    w.alias.append(1)
    w.items.append(2)
    return w.alias is w.items, w.alias


def prints(w):
    w.n += 1
    print("n is", w.n, w.x)
    w.items.append(w.n)
    print("items are", w.items[-1], w.x + 1)


def raises_midway(w):
    w.n += 1
    w.items.append(w.n)
    print("before", w.x)
    if w.n > 0:
        raise ValueError("after", w.n)
    w.n = 100


def catches(w):
    try:
        w.n += 1
        w.items.append(w.table["missing"])
    except KeyError:
        w.items.append("caught")
    finally:
        w.inner.n = 0
    return w.items


def a_method_raises_midway(w):
    w.items.extend(v + w.table["ab"[i]] if i < 2 else 1 // 0 for i, v in enumerate([1, 2, 3]))


def swaps(w):
    w.items[0], w.items[1] = w.items[1], w.items[0]
    w.x, w.n = w.n, w.x
    return w


def keeps_a_method(w):
    w.callback = w.items.append
    w.callback(3)
    return len(w.items)


def in_place_operators(w):
    w.table["a"] += 1
    w.inner.n -= 1
    w.inner.items += [w.inner.n]
    w.x *= 2
    return w.x


PROGRAMS = [
    *(counts, sets_and_reads, deletes_and_sets, falls_back, sets_by_name, appends),
    *(changes_a_list, slices_a_list, changes_a_dict, reorders_a_dict, clears, changes_a_set),
    *(changes_a_deque, changes_collections, calls_native_code, shares_a_born_list),
    *(shares_a_born_instance, makes_cycles, one_list_by_two_paths, prints, raises_midway),
    *(catches, a_method_raises_midway, in_place_operators, sorts),
]


@pytest.mark.parametrize("function", PROGRAMS)
def test_as_plain_python(function, capsys):
    agrees(function, box)


@pytest.mark.parametrize("function", [deletes, swaps, reads_what_was_deleted, keeps_a_method])
def test_as_plain_python_once(function):
    agrees(function, box, calls=1)


def test_prints_come_out_in_order(capsys):
    jit(prints)(box())
    compiled = capsys.readouterr().out
    prints(box())
    assert compiled == capsys.readouterr().out


def test_what_is_returned_is_the_object_itself():
    @jit
    def f(w):
        w.made = [w.x]
        return w, w.items, w.made, w.x

    w = box()
    result = f(w)
    assert [a is b for a, b in zip(result, (w, w.items, w.made, w.x), strict=True)] == [True] * 4


def test_each_call_makes_its_own():
    @jit
    def f(w):
        w.items.append([w.x + 1])
        return w.x + 1, w.x + 1

    w = box()
    w.items = []
    f(w)
    a, b = f(w)
    assert w.items[0] is not w.items[1]
    assert w.items[0][0] is not w.items[1][0]
    a[0] = 50.0
    assert b.tolist() == [2, 3]
    assert w.items[1][0].tolist() == [2, 3]


def test_two_tensors_of_one_value_stay_two():
    @jit
    def f(w):
        w.a = w.x.reshape((2,))
        w.b = w.a.reshape((2,))
        return w.x.reshape((2,))

    w = box()
    result = f(w)
    assert len({id(w.a), id(w.b), id(w.x), id(result)}) == 4


# The report, and errors.


def test_an_exception_keeps_what_was_done_before(capsys):
    w = box()
    compiled = jit(raises_midway)
    for n in (1, 2):
        with pytest.raises(ValueError, match="after") as caught:
            compiled(w)
        assert caught.value.args == ("after", n)
        assert caught.traceback[-1].lineno == raises_midway.__code__.co_firstlineno + 4
    assert (w.n, w.items[3:]) == (2, [1, 2])
    assert capsys.readouterr().out == "before [1. 2.]\n" * 2
    assert compiled.specializations == []


def test_the_report_says_what_runs_in_python():
    compiled = jit(appends)
    compiled(box())
    report = compiled.report()
    first = appends.__code__.co_firstlineno
    assert f":{first + 1}: runs in Python (changes a list)" in str(report)
    assert report.ops_python == 0


def test_nothing_happens_while_folding_fails():
    @jit
    def f(w):
        w.n += 1
        w.items.append(1)
        w.x[0] = 5.0
        hash(float(w.x[0]))

    w = box()
    before = picture(w)
    with pytest.raises(RuntimeError, match="exists only at run time"):
        f(w)
    assert picture(w) == before
