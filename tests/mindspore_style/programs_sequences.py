"""Ifs, whiles and fors after each other, with functions, returns and shapes that change."""

import numpy as np

from foldaway.mindspore import Tensor, nn, ops
from foldaway.mindspore import dtype as mstype

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

TWO, FIVE, SEVEN = (Tensor([n], mstype.int32) for n in (2, 5, 7))


@calls((SEVEN,), (TWO,))
def if_after_if_of_tensors(x):
    y = Tensor([4], mstype.int32)
    if x > y:
        y = x * 2
    if y > 6:
        z = x + y
    else:
        z = x - y
    return z, y


@calls()
def if_after_if_of_arrays():
    x, y = np.array([1, 2]), np.array([3, 4])
    if (x > y).any():
        y = Tensor(x)
    else:
        x = x + y
    if x.shape == y.shape:
        x = x * 2
    return Tensor(x)


@calls((SEVEN,), (TWO,))
def if_after_while(x):
    while x > 4:
        x = x - 2
    if x % 2 == 1:
        return x, "odd"
    return x, "even"


@calls((SEVEN,), (TWO,))
def if_after_for(x):
    for i in range(3):
        x = x + i
    if x > 8:
        return x * 2
    return x


@calls((SEVEN,), (TWO,))
def if_after_if_in_while(x):
    n = 0
    while n < 3:
        if x > 5:
            x = x - n
        n += 1
    if x > 4:
        x = x * 10
    return x


@calls((SEVEN,), (TWO,))
def if_after_while_in_for(x):
    for n in range(2):
        while x > 3 + n:
            x = x - 1
    if x == 3:
        return Tensor(np.array([n])), x
    return x, n


@calls((SEVEN,), (TWO,))
def while_after_if(x):
    if x > 4:
        limit = 2
    else:
        limit = 10
    while x < limit:
        x = x + 3
    return x, limit


@calls((SEVEN,), (TWO,))
def while_after_while(x):
    y = Tensor([0], mstype.int32)
    while x > 3:
        x = x - 3
        y = y + 1
    while y < 5:
        y = y + x
    return x, y


@calls((SEVEN,), (TWO,))
def while_after_for_in_if(x):
    if x > 3:
        for i in range(2):
            x = x - i
    while x > 5:
        x = x - 1
    return x


@calls((SEVEN,), (TWO,))
def while_after_if_in_if(x):
    y = np.array([1, 2])
    if y.sum() > 2:
        if x > 5:
            y = y + 1
        else:
            y = y - 1
    while (y < 9).all():
        y = y * 2 + 1
    return Tensor(y)


@calls((SEVEN,), (TWO,))
def for_after_if(x):
    if x > 5:
        values = [1, 2, 3]
    else:
        values = (x, x)
    for value in values:
        x = x + value
    return x


@calls((SEVEN,), (TWO,))
def for_after_while(x):
    count = 0
    while x > 2:
        x = x - 2
        count += 1
    total = x
    for i in range(count):
        total = total + i
    return total, count


@calls((SEVEN,), (TWO,))
def for_after_for_in_for(x):
    rows = []
    for i in range(2):
        for j in range(2):
            rows.append(x * i + j)
    for row in rows:
        x = x + row
    return x, rows


@calls((SEVEN,), (TWO,))
def for_after_for_in_while(x):
    y = [1]
    while len(y) < 4:
        for value in list(y):
            y.append(value + len(y))
    for value in y:
        x = x + value
    return x, y


@calls((SEVEN,), (TWO,))
def for_after_while_in_if(x):
    y = 0
    if x > 5:
        while y < 3:
            y += 1
    else:
        while y < 2:
            y += 2
            x = x + y
    for _ in range(y):
        x = x * 2
    return x


@calls((SEVEN,), (TWO,))
class NestedInConstruct(nn.Cell):
    def __init__(self):
        super().__init__()
        self.limit = 3
        self.relu = nn.ReLU()

    def construct(self, x):
        out = x
        for i in range(self.limit):
            if x > 5:
                out = self.relu(out - i)
            else:
                j = 0
                while j < i:
                    out = ops.add(out, j)
                    j += 1
        return out


@calls((SEVEN,), (TWO,))
class ConditionMethod(nn.Cell):
    def is_big(self, x):
        return x > 5

    def construct(self, x):
        while self.is_big(x):
            x = x - 1
        return x if self.is_big(x + 3) else -x


@calls((SEVEN,), (TWO,))
def conditional_expressions_in_each_other(x):
    y = 1 if x > 5 else 2 if x > 1 else 3
    return y, (x if y == 1 else None), "big" if x > 5 else x


@calls((SEVEN,), (TWO,))
def functions_called_in_branches(x):
    def big(v):
        return v + np.array([10])

    def small(v):
        return v - 1

    chosen = big if x > 5 else small
    if x > 5:
        return Tensor(big(x.asnumpy())), chosen is big
    return chosen(x), chosen is big


@calls((SEVEN,), (TWO,))
def recursion_on_a_tensor(x):
    def down(v):
        if v < 3:
            return v
        return down(v - 2)

    return down(x)


@calls((SEVEN, FIVE), (TWO, FIVE))
def while_returns_from_inside(x, y):
    while x > 0:
        if x < y:
            return x + y
        x = x - 1
        y = y - 0
    return y


@calls((SEVEN,), (TWO,))
def loops_with_else(x):
    for i in range(3):
        if x < i:
            break
    else:
        x = x + 100
    while x < 105:
        x = x + 1
    else:
        x = x * 2
    return x


@calls((Tensor([[1, 2], [3, 4]]),), (Tensor([[5, 6]]),))
def for_over_rows_and_elements(x):
    total = 0
    for row in x:
        for value in row:
            if value > 2:
                total = total + value
    return total


@calls((Tensor(True), Tensor(False)), (Tensor(False), Tensor(False)))
def branches_of_bool_tensors(a, b):
    if not a:
        return "not a" if not b else "b"
    return (a and b), (a or b), not b


@calls((Tensor([1, 1, 0]),), (Tensor([1, 1, 1]),))
def all_of_a_comparison(x):
    y = np.array([1, 1, 1])
    if (x.asnumpy() == y).all() and all(x):
        return "equal"
    for i, (a, b) in enumerate(zip(x, y, strict=True)):
        if a != b:
            return i, a, b


@calls((Tensor([4.0]),), (Tensor([0.5]),))
def branches_of_different_types(x):
    if x > 1:
        res = np.array([1, 2])
    else:
        res = "text"
    return res


@calls((Tensor([4.0]),), (Tensor([0.5]),))
def branches_of_different_shapes(x):
    if x > 1:
        out = ops.concat((x, x))
    else:
        out = x.reshape((1, 1))
    return out * 2


@calls((Tensor([4.0]),), (Tensor([0.5]),))
def loop_with_changing_shapes(x):
    n = 0
    out = x
    while n < 3:
        out = ops.concat((out, x * n))
        n += 1
    return out
