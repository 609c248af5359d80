"""What a program changes that existed before the call: as plain Python does, at every call."""

import dataclasses
import functools
import types
from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np
import pytest

from foldaway import Parameter, Tensor, jit, nn, ops


class Box:
    """An instance with whatever attributes a test needs."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


def picture(value, seen=None):
    """Return a text of all that can be reached from a value, and of what is the same object."""
    seen = {} if seen is None else seen
    if isinstance(value, int | float | str | bytes | type(None) | type | types.FunctionType):
        return f"{type(value).__name__}:{value!r}"
    if id(value) in seen:
        return f"#{seen[id(value)][0]}"
    seen[id(value)] = (len(seen), value)
    kind = type(value).__name__
    if isinstance(value, Tensor):
        return f"{kind}({value.dtype} {value.tolist()})"
    if isinstance(value, dict):
        pairs = [f"{picture(k, seen)}={picture(v, seen)}" for k, v in value.items()]
        return f"{kind}({', '.join(pairs)})"
    if isinstance(value, set | frozenset):
        return f"{kind}({sorted(map(repr, value))})"
    if isinstance(value, list | tuple | deque | bytearray):
        return f"{kind}({', '.join(picture(item, seen) for item in value)})"
    slots = [n for n in getattr(type(value), "__slots__", ()) if hasattr(value, n)]
    names = [*getattr(value, "__dict__", ()), *slots]
    return f"{kind}({', '.join(f'{n}={picture(getattr(value, n), seen)}' for n in names)})"


def outcome(function, world):
    try:
        result = function(world)
    except Exception as error:
        return f"{type(error).__name__}{error.args}" + picture(world)
    return picture((result, world))


def agrees(function, make, calls=3):
    """Check that a function and its compiled form do the same to worlds of their own."""
    plain, world = make(), make()
    compiled = jit(function)
    for _ in range(calls):
        assert outcome(compiled, world) == outcome(function, plain)
    return compiled


def box():
    return Box(
        n=0,
        x=Tensor([1.0, 2.0]),
        items=[1, 2, 3],
        table={"a": 1, "b": 2},
        names={"p", "q"},
        digits={1, 2, 3},
        inner=Box(n=5, items=[]),
        queue=deque([1, 2], maxlen=3),
        ordered=OrderedDict(a=1, b=2),
        counts=Counter("aab"),
        groups=defaultdict(list),
        data=bytearray(b"ab"),
    )


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


@pytest.mark.parametrize("function", [deletes, swaps, reads_what_was_deleted])
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


# Properties, slots, descriptors.


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1


class Checked:
    def __init__(self):
        self._value = 0
        self.log = []

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, new):
        self.log.append(("set", new))
        self._value = new * 2

    @value.deleter
    def value(self):
        self._value = None

    @functools.cached_property
    def slow(self):
        self.log.append("computed")
        return [self._value]


class Watched:
    def __init__(self):
        object.__setattr__(self, "log", [])
        self.n = 1

    def __setattr__(self, name, value):
        self.log.append(name)
        super().__setattr__(name, value)

    def __delattr__(self, name):
        self.log.append(f"del {name}")
        object.__delattr__(self, name)


class Base:
    total = 0


class Derived(Base):
    def __setitem__(self, key, value):
        self.last = (key, value)

    def __delitem__(self, key):
        self.last = key

    def __iadd__(self, other):
        self.sum = other
        return self


@dataclasses.dataclass(frozen=True)
class Point:
    x: int
    y: object


def test_slots():
    def f(w):
        w.a += 1
        w.b = w.a
        del w.b
        w.b = [w.a]
        return w.b

    agrees(f, Slotted)


def test_properties():
    def f(w):
        w.value = w.value + 1
        return w.value, w.slow, w.slow.append(3)

    agrees(f, Checked)

    def deletes(w):
        del w.value
        return w.value

    agrees(deletes, Checked)

    def sets_what_has_no_setter(w):
        w.n = 1
        w.real = 2

    class Fixed:
        @property
        def real(self):
            return 1

    def sets(w):
        w.real = 2

    agrees(sets, Fixed)


def test_a_setattr_of_the_users():
    def f(w):
        w.n += 1
        w.m = 3
        del w.m
        return w.n, w.log

    agrees(f, Watched)


def test_item_methods_of_the_users():
    def f(w):
        w["k"] = 1
        before = w.last
        del w["j"]
        w += 5
        return before, w.last, w.sum

    agrees(f, Derived)


def test_frozen_instances_are_made_anew():
    def f(w):
        w.point = Point(1, [w.x])
        w.point.y.append(2)
        return w.point

    agrees(f, box)


def test_class_attributes():
    def f(w):
        Base.total += 1
        w.total += 10
        return Base.total, w.total, Derived.total

    try:
        plain = [f(w) for w in [Derived()] for _ in range(3)]
        Base.total = 0
        compiled = jit(f)
        w = Derived()
        assert [compiled(w) for _ in range(3)] == plain
        assert (Base.total, vars(w)) == (3, {"total": 31})
    finally:
        Base.total = 0


# Variables.

COUNT = 0
LOG = []


def test_globals():
    @jit
    def f(x):
        global COUNT, MADE
        COUNT += 1
        MADE = [x]
        MADE.append(COUNT)
        LOG.append(COUNT)
        return MADE

    global COUNT
    x = Tensor(1.0)
    for n in (1, 2, 3):
        result = f(x)
        assert result is MADE
        assert result[0] is x
        assert (result[1], COUNT) == (n, n)
    assert LOG == [1, 2, 3]
    LOG.clear()
    COUNT = 10
    f(x)
    assert (COUNT, LOG) == (11, [11])

    @jit
    def deletes():
        global MADE
        del MADE
        try:
            return MADE
        except NameError as error:
            return str(error)

    assert deletes() == "name 'MADE' is not defined"
    assert "MADE" not in globals()
    with pytest.raises(NameError):
        deletes()


def test_a_global_of_another_module():
    module = types.ModuleType("helper")
    module.n = 0
    exec("def count():\n    global n\n    n += 1\n    return n", vars(module))

    @jit
    def f(x):
        module.n = module.n + 1
        module.m = x
        return module.n, module.m

    x = Tensor(1.0)
    assert [f(x)[0], f(x)[0]] == [1, 2]
    assert (module.n, module.m is x) == (2, True)


def test_captured_variables():
    n, items = 0, [0]

    @jit
    def f(x):
        nonlocal n, items
        n += 1
        items = [*items, n]
        return x + n, items

    for expected in (1, 2, 3):
        result, kept = f(Tensor(0))
        assert (result.item(), n, kept is items) == (expected, expected, True)
    assert items == [0, 1, 2, 3]


# Tensors and parameters.


def test_writes_to_an_argument():
    @jit
    def f(x):
        x[0] = x[1] * 2
        y = x + 1
        x[1] = y[0]
        return x, y

    def plain(x):
        return f.function(x)

    x, other = Tensor([1.0, 2.0, 3.0]), Tensor([1.0, 2.0, 3.0])
    view = x.asnumpy()
    for _ in range(3):
        result, y = f(x)
        expected, z = plain(other)
        assert result is x
        assert x.tolist() == other.tolist() == expected.tolist()
        assert y.tolist() == z.tolist()
        assert view.tolist() == x.tolist()
    assert len(f.specializations) == 1


def test_a_born_tensor_that_is_kept_and_written_to():
    def f(w):
        made = w.x + 1
        w.kept = [made]
        made[0] = 50.0
        copied = made.copy()
        copied[1] = 60.0
        return made, copied

    agrees(f, box)


def test_a_write_reaches_everyone_who_shares():
    @jit
    def f(x, y):
        x[0] = 1.0
        return y + 0

    x = Tensor([5.0, 6.0])
    assert f(x, x).tolist() == [1, 6]
    assert f(x, Tensor([7.0, 8.0])).tolist() == [7, 8]


def test_a_write_after_which_the_old_value_is_used():
    @jit
    def f(x):
        old = x.copy()
        x[0] = 9.0
        print(old, x)
        return old, x * 2

    x = Tensor([1.0, 2.0])
    old, new = f(x)
    assert (old.tolist(), new.tolist(), x.tolist()) == ([1, 2], [18, 4], [9, 2])


class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.p = Parameter(Tensor([1.0, 2.0]), name="p")
        self.q = Parameter(Tensor([0.0, 0.0]), name="q")
        self.steps = 0
        self.last = None

    def construct(self, x):
        self.steps += 1
        self.p = self.p + x
        ops.assign(self.q, self.p * 2)
        self.q += 1
        self.p[0] = 7.0
        self.last = self.q * 1
        return self.p, self.q


def test_parameters():
    net, eager = Net(), Net()
    p, view = net.p, net.p.asnumpy()
    x = Tensor([1.0, 1.0])
    for step in (1, 2, 3):
        result = net(x)
        expected = eager.construct(x)
        assert picture(result) == picture(expected)
        assert picture(net.last) == picture(eager.last)
        assert (net.steps, result[0] is p, net.p is p) == (step, True, True)
    assert view.tolist() == [1, 2]


def test_set_data_and_attributes_of_a_parameter():
    net = Net()

    @jit
    def f(p, x):
        p.set_data(x)
        p.requires_grad = False
        return p.requires_grad, p.name

    assert f(net.p, Tensor([4.0, 5.0])) == (False, "p")
    assert (net.p.tolist(), net.p.requires_grad) == ([4, 5], False)
    net.p.name = "w"
    assert f(net.p, Tensor([4.0, 5.0])) == (False, "w")


def test_a_part_of_a_network_gets_a_wrong_value():
    net = Net()

    @jit
    def f(x):
        net.p = 3
        return x

    with pytest.raises(TypeError, match="part of the network"):
        f(Tensor(1.0))


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


# What the program reads and changes itself doesn't compile anew at every call.

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
