"""Nested if, while and for, on constants, arguments, arrays and tensors."""

import numpy as np

from foldaway.mindspore import Parameter, Tensor, nn, ops
from foldaway.mindspore import dtype as mstype

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ONE, TWO, TEN = (Tensor([n], mstype.int64) for n in (1, 2, 10))
ROW = Tensor([1.0, -2.0, 3.0])


@calls()
def single_if_of_arrays():
    x, y = np.array([1, 2, 3, 4, 5]), np.array([4])
    if (x > 3).any():
        return Tensor(x * 2)
    return Tensor(y)


@calls()
def if_else_of_two_arrays():
    x, y = np.array([1, 4, 9]), np.array([2, 3, 4])
    if x.max() > y.max():
        res = x - y
    else:
        res = x + y
    return Tensor(res)


@calls()
def two_cond_if():
    x, y = Tensor([1]), Tensor([2])
    if x > 1 and y > 1:
        return x * y
    elif x >= 1 or y > 5:
        return x + y
    return x - y


@calls((ONE,), (TEN,))
def if_of_an_argument(x):
    if x > 5:
        return x - 5
    return x + 5


@calls((ONE, TWO), (TEN, TWO), (TWO, TWO))
def elif_of_arguments(x, y):
    if x > y:
        out = x
    elif x < y:
        out = y
    else:
        out = x + y
    return out


@calls((3,), (-3,), (0,))
def if_of_a_number(n):
    if n > 0:
        return "positive"
    if n < 0:
        return "negative"
    return None


@calls()
def if_in_if():
    x, y = Tensor(np.array([1, 2])), np.array(3)
    if y > 1:
        if y > 5:
            x = x * 2
        else:
            x = x + Tensor(y)
    return x


@calls((ONE,), (TEN,))
def if_in_while(x):
    n = 0
    while n < 4:
        if n % 2 == 0:
            x = x + n
        else:
            x = x * 2
        n += 1
    return x


@calls((TEN,), (ONE,))
def while_of_a_tensor(x):
    while x > 3:
        x = x - 2
    return x


@calls((TEN,), (ONE,))
def while_in_while(x):
    y = Tensor([0], mstype.int64)
    while x > 0:
        z = x
        while z > 5:
            z = z - 3
            y = y + 1
        x = x - 4
    return x, y


@calls()
def while_of_an_array():
    x = np.array([1, 2, 3])
    count = 0
    while x.sum() < 30:
        x = x + 1
        count += 1
    return Tensor(x), count


@calls((Tensor([3, 8, 1]),), (Tensor([9, 0, 4]),))
def break_and_continue(x):
    total = 0
    for value in x.asnumpy():
        if value == 0:
            continue
        if value > 8:
            break
        total += int(value)
    return total


@calls((4,), (0,))
def for_over_a_range(n):
    out = Tensor([0])
    for i in range(n):
        out = out + i
    return out


@calls()
def for_over_an_array():
    total = Tensor(0)
    for row in np.arange(6).reshape(3, 2):
        total = total + Tensor(row).sum()
    return total


@calls((ROW,))
def for_over_a_tensor(x):
    out = []
    for row in x:
        out.append(row * 2)
    return out


@calls((ROW,))
def for_in_for(x):
    y = x
    for i in range(3):
        for j in range(i):
            if i == j + 1:
                y = y + x * i
            else:
                y = y - j
    return y


@calls((ROW,))
def for_with_else(x):
    for value in (1, 2, 3):
        if value > 5:
            break
    else:
        return x + 1
    return x


@calls((TEN,), (ONE,))
def while_with_else(x):
    n = 0
    while n < 3:
        n += 1
        if x > 5:
            break
    else:
        return x * 100
    return x


@calls((ROW, 1), (ROW, -1))
def for_in_if(x, n):
    if n > 0:
        for i in range(3):
            x = x + i
    else:
        for i in range(2):
            x = x * (i + 2)
    return x


@calls((Tensor([2.0]), Tensor([5.0])), (Tensor([5.0]), Tensor([2.0])))
def conditional_expression(x, y):
    return x if x > y else y


@calls((Tensor([1.0]),), (Tensor([-1.0]),))
def early_return_in_a_loop(x):
    for i in range(5):
        if x + i > 3:
            return x + i, i
    return x, -1


@calls((Tensor([True]), Tensor([False])), (Tensor([False]), Tensor([True])))
def not_and_or(a, b):
    if not a and b:
        return 1
    if a or b:
        return 2
    return 3


@calls((5,), (8,))
def recursion(n):
    def fibonacci(k):
        return k if k < 2 else fibonacci(k - 1) + fibonacci(k - 2)

    return fibonacci(n)


@calls((ROW,))
class IfInConstruct(nn.Cell):
    def __init__(self):
        super().__init__()
        self.flag = True
        self.weight = Parameter(Tensor([1.0, 2.0, 3.0]), name="weight")

    def construct(self, x):
        y = x
        if self.flag:
            y = ops.add(x, self.weight)
        while y.sum() < 50:
            y = y * 2
        return y


@calls((ROW, 2), (ROW, 3))
class ForInConstruct(nn.Cell):
    def __init__(self):
        super().__init__()
        self.relu = nn.ReLU()
        self.layers = nn.CellList([nn.ReLU(), nn.Sigmoid(), nn.Tanh()])

    def construct(self, x, n):
        for layer in self.layers:
            x = layer(x)
        for _ in range(n):
            x = self.relu(x - 0.25)
        return x


@calls((Tensor([1, 2, 3]),), (Tensor([4, 5, 6]),))
class WhileOfAsnumpy(nn.Cell):
    def construct(self, x):
        data = x.asnumpy()
        steps = 0
        while data.sum() < 40:
            data = data + data[0]
            steps = steps + 1
        return Tensor(data), steps


@calls((1,), (2,), (7,))
def match_statement(n):
    match n:
        case 1 | 2:
            return "small"
        case int():
            return "number"


@calls((ROW,))
def walrus(x):
    if (n := len(x)) > 2:
        return x * n
    return x
