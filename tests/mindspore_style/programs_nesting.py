"""If, while and for in each other and after each other, on arrays, tensors and numbers.

A name says the nesting: `for_in_while`, or the order: `while_after_if`.
"""

import numpy as np

from foldaway.mindspore import Tensor, nn
from foldaway.mindspore import dtype as mstype

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

TWO, FIVE, SEVEN = (Tensor([n], mstype.int32) for n in (2, 5, 7))


@calls()
def if_of_a_class_object():
    x = np.array(1)
    if x < 2:
        return type(x).__name__, type(2) is int  # noqa: UP003
    return type(2).mro()  # noqa: UP003


@calls()
class IfOfAFalseAttribute(nn.Cell):
    def __init__(self):
        super().__init__()
        self.cond = False

    def construct(self):
        x = np.array(1)
        if self.cond:
            return type(2).mro()  # noqa: UP003
        return type(x).mro()


@calls()
def if_of_builtin_all():
    x = np.array([1, 2, 3])
    y = np.array([4, 5, 6])
    if all(x < y):
        z = Tensor(x + y)
    else:
        z = Tensor(x - y)
    return z


@calls()
def if_of_builtin_sum():
    x = Tensor([1, 2, 3])
    y = (Tensor(1), 2, Tensor([3]))
    if sum(y) > 5:
        return sum(x)
    return sum(y)


@calls((TWO, FIVE), (FIVE, TWO), (SEVEN, SEVEN))
def if_with_three_conditions(x, y):
    if x > 3 and y > 1 and x > y or not x < 7:  # noqa: RUF021
        return x * y
    return x - y


@calls((TWO,), (SEVEN,))
def if_of_a_method(x):
    if (x.asnumpy() > 5).all() or x.astype("float32").any() and x.size == 3:  # noqa: RUF021
        return x.asnumpy().tolist()
    return []


@calls()
def if_else_with_a_name_of_one_side():
    x = np.array([1, 2])
    if x[0] > 3:
        extra = 3
    else:
        other = 4
    return locals().keys() >= {"other"}, extra if x[0] > 3 else other


@calls((TWO,), (SEVEN,))
def if_of_a_name_that_may_be_missing(x):
    if x > 5:
        found = 1
    return found


@calls((3,), (12,), (20,))
def elif_chain_of_a_number(n):
    if n < 5:
        y = "small"
    elif n < 10:
        y = 10
    elif n < 15:
        y = [n]
    else:
        y = None
    return y


@calls()
def single_for_range_with_arrays():
    x = np.array([0, 0, 0])
    for i in range(3):
        x[i] = i + x[i - 1]
    return Tensor(x)


@calls()
def single_for_zip():
    x = (1, 3, 5)
    y = np.array([2, 4, 6])
    result = ()
    for a, b in zip(x, y, strict=True):
        result += (a * b,)
    return result


@calls((TWO,), (FIVE,))
def single_for_enumerate_of_a_tuple(x):
    total = x
    for i, factor in enumerate((1, x, np.float32(2))):
        total = total + factor * i
    return total


@calls()
def single_for_wrong_thing():
    for value in 3:
        print(value)


@calls((TWO,), (SEVEN,))
def single_for_of_dict_items(x):
    table = {"Name": "a", "Age": 15, "x": x}
    out = []
    for key, value in table.items():
        out.append((key, value))
    return out, [key for key in table]


@calls()
def single_while_of_arrays():
    x = np.array([7, 2])
    y = np.array([0, 0])
    while (y < x).all():
        y += x // 2
        x = x - 1
    return Tensor(x), y


@calls((SEVEN,), (TWO,))
def single_while_two_conditions(x):
    y = Tensor([0], mstype.int32)
    z = Tensor([2], mstype.int32)
    while y < x and x > z:
        y += x
        x -= 2
    return x, y


@calls((SEVEN,), (TWO,))
def while_true_with_break(x):
    n = 0
    while True:
        n += 1
        if n > 4 or x < 0:
            break
        x = x - n
    return x, n


@calls((5,), (0,))
def while_of_a_number_argument(n):
    steps = []
    while n:
        n -= 1
        if n == 2:
            continue
        steps.append(n)
    return steps


@calls((TWO,), (SEVEN,))
def if_in_if_of_tensors(x):
    y = Tensor([0], mstype.int32)
    if x > y:
        if x % 2 == 0:
            y = x * 2
        elif x > 5:
            y = x * 3
        else:
            y = -x
    return y


@calls((TWO,), (SEVEN,))
def three_ifs_in_each_other(x):
    a = np.array([1, 2, 3])
    if a.sum() > 5:
        x = x + 1
        if x > 4:
            x = x * 2
            if x > 15:
                return Tensor(a), x
            return "between", x
    return x


@calls()
def if_in_while_of_arrays():
    x = np.array([1, 2, 3, 4])
    y = 0
    while y < 6:
        if y % 2 == 0:
            x = x + y
        elif (x > 7).all():
            return x, y
        else:
            x[y // 2] = -x[y // 2]
        y += 1
    return Tensor(x)


@calls((SEVEN,), (TWO,))
def if_in_while_of_tensors(x):
    y = Tensor([0], mstype.int32)
    while x > 0:
        if x > 4:
            y = y + x
        else:
            y = y - 1
        x = x - 2
    return x, y


@calls((TWO,), (SEVEN,))
def if_in_for_of_tensors(x):
    total = Tensor([0], mstype.int32)
    for i in range(5):
        if x + i > 6:
            total = total + x
        elif i == 2:
            continue
        else:
            total = total + i
    return total


@calls()
def if_in_for_of_arrays():
    out = []
    for row in np.arange(9).reshape(3, 3):
        if row.sum() % 2:
            out.append(Tensor(row))
        elif row[0] == 6:
            break
    return out


@calls((SEVEN,), (TWO,))
def while_in_if_of_tensors(x):
    y = Tensor([3], mstype.int32)
    if x > y:
        while x > y:
            y = y + 2
    else:
        while x < y:
            x = x + 1
    return x, y


@calls()
def while_in_if_of_arrays():
    x = np.array([3, 4])
    y = 0
    if (x > 2).all():
        while y < 3:
            y += 1
            x = x * y
    return x, y


@calls((SEVEN,), (TWO,))
def while_in_while_of_tensors(x):
    total = Tensor([0], mstype.int32)
    while x > 1:
        y = x
        while y > 2:
            y = y - 2
            total = total + y
        x = x - 3
    return total


@calls()
def while_in_while_of_numbers():
    x, y, found = 0, 0, []
    while x < 3:
        x += 1
        while y < x * 2:
            y += 1
            if y == 3:
                continue
            found.append((x, y))
        if x == 2:
            break
    return found


@calls((SEVEN,), (TWO,))
def while_in_for_of_tensors(x):
    for i in range(3):
        while x > i + 1:
            x = x - i - 1
    return x


@calls()
def while_in_for_of_arrays():
    x = np.array([[1, 2], [3, 4]])
    sums = []
    for row in x:
        n = 0
        while row.sum() < 10:
            row += 1
            n += 1
        sums.append(n)
    return sums, x.tolist()


@calls((TWO,), (SEVEN,))
def for_in_if_of_tensors(x):
    y = Tensor([1], mstype.int32)
    if x > 5:
        for i in range(3):
            y = y * x + i
    else:
        for value in (x, y, x):
            y = y + value
    return y


@calls((SEVEN,), (TWO,))
def for_in_while_of_tensors(x):
    y = Tensor([0], mstype.int32)
    while x > 3:
        for i in range(2):
            x = x - i
            y = y + x
    return x, y


@calls()
def for_in_while_of_arrays():
    x = np.array([1, 1])
    n = 3
    while n:
        for i in range(len(x)):
            x[i] += n * i
        n -= 1
    return Tensor(x)


@calls((TWO,), (SEVEN,))
def for_in_for_with_early_return(x):
    for i in range(3):
        for j in range(3):
            if x * i + j > 8:
                return i, j, x
    return None


@calls()
def for_in_for_of_a_list_of_arrays():
    rows = [np.array([1, 2]), np.array([3, 4])]
    result = 0
    for row in rows:
        for value in row:
            result = result + value
    return result, type(result).__name__
