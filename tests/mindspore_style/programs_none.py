"""None as a value, an argument, a default, an attribute, in containers and conditions."""

import numpy as np

from foldaway.mindspore import Tensor, nn

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])


@calls()
def return_none():
    return None


@calls()
def return_is_none():
    x = None
    return x is None, x is not None, x == None, x != None, not x  # noqa: E711


@calls((None,), (ROW,), (3,), ((),))
def compare_with_none(x):
    return x is None, x is not None


@calls((None,), (0,), (3,))
def argument_none(x):
    if not x:
        return "empty"
    return x


@calls((ROW,), (ROW, None), (ROW, 2))
def default_none(x, y=None):
    if y is None:
        y = 10
    return x * y


@calls((ROW,))
def none_in_containers(x):
    a = (None, 1, [None, x])
    b = {"key": None, None: 2}
    return a, b, b[None], None in a, [None] * 2, a[2][0] is None


@calls((ROW,))
def none_in_nested_return(x):
    return None, (x, None), {"a": None}, [None]


@calls((ROW,))
def function_without_return(x):
    def nothing(v):
        v + 1

    def maybe(v, flag):
        if flag:
            return v

    return nothing(x), maybe(x, False), maybe(x, True)


@calls((Tensor([1]),), (Tensor([5]),))
def none_by_a_tensor(x):
    if x > 3:
        return None
    return x


@calls((Tensor([1]),), (Tensor([5]),))
def none_of_a_branch_is_compared(x):
    y = None
    if x > 3:
        y = x
    if y is None:
        return "none"
    return y * 2


@calls((ROW,))
def none_printed(x):
    y = print("x", None)
    print(y, [y], f"{y} {y!s:>6}")
    return y


@calls((ROW,))
def none_in_operators(x):
    return None + x


@calls((ROW,))
def none_called(x):
    f = None
    return f(x)


@calls((ROW,))
def none_subscripted(x):
    items = None
    return items[0]


@calls((ROW,))
def none_has_attributes(x):
    return type(None).__name__, isinstance(None, type(None)), hasattr(None, "x"), bool(None)


@calls((ROW,))
def none_as_an_index(x):
    return x[None].shape, x[:, None].shape, np.array([1, 2])[None, :].tolist()


@calls(([None, 1],), ([2, None],))
def none_in_an_argument_list(items):
    return [0 if v is None else v for v in items], items.count(None), items.index(None)


@calls(({"a": None},), ({"a": 3},))
def none_in_an_argument_dict(table):
    return table.get("a"), table.get("b"), table.get("a") or 7, table.setdefault("a", 1)


@calls((ROW,), (None,))
class NoneAttribute(nn.Cell):
    def __init__(self):
        super().__init__()
        self.bias = None
        self.last = None

    def construct(self, x):
        if self.bias is not None:
            x = x + self.bias
        previous, self.last = self.last, x
        return previous, x


@calls((ROW, None, None), (ROW, ROW, None), (ROW, None, 2))
class NoneInputs(nn.Cell):
    def construct(self, x, y=None, z=None):
        if y is None and z is None:
            return x
        if z is not None:
            return x, z
        return x + y
