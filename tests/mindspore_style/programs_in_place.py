"""Lists and dicts changed in place: born in the function, global, attributes, arguments."""

import numpy as np

from foldaway.mindspore import Tensor, mutable, nn, ops

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])
ONE = Tensor([1])


@calls()
def list_append():
    x = []
    x.append(1)
    x.append([2])
    x[1].append("three")
    return x


@calls((ROW,))
def list_append_tensors(x):
    y = [x]
    y.append(x + 1)
    y.append(np.array(3))
    return y, len(y)


@calls((ROW,), (ONE,))
def list_append_in_a_for(x):
    y = []
    for i in range(3):
        y.append(x * i)
    return ops.stack(y)


@calls()
def list_insert():
    x = [1, 3, 4]
    x.insert(0, 2)
    x.insert(-1, "a")
    x.insert(100, None)
    return x


@calls()
def list_pop():
    x = [1, 3, 4, 5]
    a = x.pop()
    b = x.pop(0)
    c = x.pop(-2)
    return x, a, b, c


@calls()
def list_pop_too_far():
    x = [1]
    x.pop(3)


@calls((ROW,))
def list_extend(x):
    a = [1]
    a.extend([2, x])
    a.extend((3,))
    a.extend("bc")
    a.extend({"k": 1})
    a.extend([])
    a.extend(v * 2 for v in (1, 2))
    a.extend(a)
    return a


@calls((ROW,))
def list_extend_of_a_tensor(x):
    a = [0]
    a.extend(x)
    a.extend(x.asnumpy().tolist())
    return a


@calls()
def list_reverse():
    x = ["1", 2, (3,)]
    x.reverse()
    y = [[1, 2], [3]]
    y[0].reverse()
    return x, y


@calls()
def list_clear():
    x = [1, 2]
    y = x
    x.clear()
    return x, y, x is y


@calls()
def list_remove_and_sort():
    x = [3, 1, 2, 1]
    x.remove(1)
    x.sort(reverse=True)
    y = ["bb", "a"]
    y.sort(key=len)
    return x, y, x.copy() is x


@calls((ROW,))
def list_set_items(x):
    a = [1, 2, 3, 4]
    a[0] = x
    a[-1] = [5]
    a[-1][0] = 6
    a[1:3] = "ab"
    a[::2] = [7, 8]
    return a


@calls()
def list_set_item_too_far():
    a = [1]
    a[3] = 1


@calls()
def list_deleted():
    a = [0, 1, 2, 3, 4]
    del a[0]
    del a[1:3]
    return a


@calls()
def list_operators():
    a = [1]
    b = a
    b += [2]
    c = a + [3]  # noqa: RUF005
    a *= 2
    return a, b, c, a is b, [1, 2] == [1, 2], [1] < [2], 2 in a


@calls()
def nested_lists_shared():
    inner = [1, 2]
    outer = [inner, inner, [3]]
    outer[0][1] = 9
    inner.append(outer[2])
    outer[2].append(4)
    return inner, outer, outer[0] is outer[1]


@calls()
def list_of_lists_by_multiplication():
    grid = [[0] * 2] * 2
    grid[0][1] = 5
    other = [[0] * 2 for _ in range(2)]
    other[0][1] = 5
    return grid, other


LIST = [1, 2, 3]
NESTED = [[1], {"k": [2]}]


@calls()
def global_list_changes():
    LIST.append(4)
    LIST.reverse()
    LIST[0] = "first"
    found = list(LIST)
    LIST[:] = [1, 2, 3]
    return found, LIST


@calls()
def global_list_is_returned_itself():
    return LIST is globals()["LIST"], LIST


@calls((ROW,))
def global_nested_list_changes(x):
    NESTED[0].append(x.ndim)
    NESTED[1]["k"].insert(0, 1)
    found = [list(NESTED[0]), dict(NESTED[1])]
    NESTED[0].pop()
    NESTED[1]["k"].pop(0)
    return found, NESTED


TENSORS = [Tensor([1]), Tensor([2])]


@calls((ONE,))
def global_list_of_tensors(x):
    y = [t + x for t in TENSORS]
    TENSORS.append(x)
    n = len(TENSORS)
    TENSORS.pop()
    return y, n


@calls((mutable([1, 2, 3]),), (mutable([3]),))
def mutable_list_argument(items):
    items.append(7)
    items[0] = -1
    return items


@calls(([1, [2, 3]], 0), ([[4], [5]], 1))
def nested_list_argument(items, i):
    items[1].append(i)
    items.append(items[1])
    return items[-1], items[1] is items[-1]


@calls((([1], {"a": 1}),))
def list_in_a_tuple_argument(pair):
    pair[0].append(2)
    pair[1]["b"] = pair[0]
    return pair


@calls(([1, 2],))
def list_passed_to_a_function(items):
    def change(values, extra=()):
        values.append(3)
        values.extend(extra)
        values = [0]
        return values

    return change(items, (4,)), items


@calls(([5, 6],), ([7],))
def list_argument_and_its_copy(items):
    copy = items[:]
    copy.append(1)
    alias = items
    alias.append(2)
    return copy, items


@calls()
def dict_set_and_get():
    x = {"a": 1}
    x["b"] = 2
    x["a"] += 3
    x[(1, 2)] = [x["b"]]
    return x, x["a"], x.get("c"), x.get("c", 4), len(x)


@calls()
def dict_missing_key():
    return {"a": 1}["b"]


@calls((ROW,))
def dict_of_tensors(x):
    table = {"x": x}
    table["y"] = x + 1
    table["x"] = table["y"] * 2
    out = {}
    for key, value in table.items():
        out[key + "_sum"] = value.sum()
    return table, out


@calls()
def dict_views():
    x = {"a": 1, "b": 2}
    keys, values, items = x.keys(), x.values(), x.items()
    x["c"] = 3
    return list(keys), list(values), list(items), "a" in keys, ("b", 2) in items, len(values)


@calls()
def dict_from_keys():
    keys = ("a", "b")
    return dict.fromkeys(keys), dict.fromkeys(keys, 3), dict.fromkeys([1, 2], (1,))


@calls((ROW,))
def dict_update(x):
    a = {"k": 1}
    a.update({"k": 2, "x": x})
    a.update([("p", 3)])
    a.update(q=4)
    return a, a | {"k": 0}, {**a, "z": None}


@calls()
def dict_pop_and_clear():
    a = {"a": 1, "b": 2, "c": 3}
    one = a.pop("a")
    none = a.pop("z", None)
    last = a.popitem()
    rest = dict(a)
    a.clear()
    return one, none, last, rest, a, bool(a)


@calls()
def dict_has_key_and_loops():
    a = dict(x=1, y=2)
    total = 0
    for key in a:
        if key in a and "z" not in a:
            total += a[key]
    return total, sorted(a), max(a, key=a.get), list(reversed(a)), a == {"y": 2, "x": 1}


@calls()
def dict_nested_changes():
    a = {"l": [1], "d": {}}
    a["d"]["k"] = a["l"]
    a["l"].append(2)
    a.setdefault("new", []).append(3)
    del a["d"]["k"][0]
    return a


TABLE = {"count": 0, "items": []}


@calls((ROW,), (ONE,))
def global_dict_changes(x):
    TABLE["count"] += 1
    TABLE["items"].append(x.size)
    found = TABLE["count"], list(TABLE["items"])
    TABLE["count"] = 0
    TABLE["items"].clear()
    return found


@calls(({"a": 1, "l": [1]},), ({"a": ROW, "l": []},))
def dict_argument(table):
    table["b"] = table.pop("a")
    table["l"] += [2]
    return table


@calls((ONE,), (ONE,))
class ListAttributeChanges(nn.Cell):
    def __init__(self):
        super().__init__()
        self.items = [1, 2, 3]
        self.nested = [[0], {"k": 0}]

    def construct(self, x):
        self.items.append(x)
        self.items[0] = self.items[0] + 1
        self.items.pop(1)
        self.nested[0][0] += 2
        self.nested[1]["k"] = len(self.items)
        return self.items, self.nested


@calls((ONE,), (ONE,))
class AttributesOfEveryKind(nn.Cell):
    def __init__(self):
        super().__init__()
        self.number = 1
        self.text = "a"
        self.pair = (1, 2)
        self.table = {}
        self.array = np.array([1, 2])
        self.tensor = Tensor([1])

    def construct(self, x):
        self.number += 1
        self.text = self.text + "b"
        self.pair = (*self.pair, x.ndim)
        self.table[self.number] = self.text
        self.array[0] += 5
        self.array = self.array * 2
        self.tensor = self.tensor + x
        self.made_here = [self.number]
        return self.number, self.text, self.pair, self.table, self.array.tolist(), self.tensor


@calls((2,), (5,))
def sets_change(n):
    a = {1, n}
    a.add(3)
    a.update([4, n + 1])
    a.discard(1)
    a.remove(3)
    return a, a - {4}, a ^ {n}, a <= {2, 3, 4, 5, 6}, a.isdisjoint({9}), len(a), {*a, 0}


@calls((ROW,))
def tuples_do_not_change(x):
    a = (1, [2], x)
    a[1].append(3)
    try:
        a[0] = 5
    except TypeError as error:
        return a, str(error), a.count(1), a.index([2, 3]), (*a, 4), a[:2], a * 1 == a


@calls()
def arrays_change_in_place():
    a = np.zeros((2, 2), np.int64)
    b = a[0]
    b[1] = 5
    a[:, 0] += 2
    a.T[1] *= 3
    np.add(a, 1, out=a)
    a.sort(axis=1)
    return a.tolist(), b.tolist(), np.shares_memory(a, b)


@calls((np.array([1, 2, 3]),), (np.array([4.0, 5.0]),))
def array_argument_is_changed(a):
    a *= 2
    a[0] = -1
    return a


@calls((Tensor([1, 2, 3]),), (Tensor([4.0, 5.0]),))
def tensor_items_are_set(x):
    y = x + 0
    y[0] = 10
    y[-1:] = y[:1]
    y[y > 5] = 0
    return y, x


@calls((Tensor([[1, 2], [3, 4]]),))
def tensor_augmented_assignment(x):
    y = x * 1
    y += 1
    z = y
    y = y * 2
    y[0] -= 1
    return x, y, z
