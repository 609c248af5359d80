"""Raise and assert in every branch, with every kind of message, and what is caught of it."""

import numpy as np

from foldaway.mindspore import Parameter, Tensor, mutable, nn, ops
from foldaway.mindspore import dtype as mstype

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ONE, TWO, NINE = (Tensor([n], mstype.int64) for n in (1, 2, 9))
SCALAR, OTHER = Tensor(1), Tensor(2)


@calls((1,), (2,))
def raise_constant_message(x):
    if x == 1:
        raise ValueError("x should not be 1.")
    return x


@calls((ONE,), (TWO,))
def raise_by_a_tensor(x):
    if x == 1:
        raise ValueError("x should not be 1.")
    return x


@calls()
def raise_without_arguments():
    raise ValueError()


@calls()
def raise_a_class():
    raise TypeError


@calls()
def raise_nothing_active():
    raise


@calls()
def raise_what_is_no_exception():
    raise "text"  # noqa: B016


@calls((1,))
def raise_formatted_message(x):
    if x > 0:
        raise ValueError(f"The input should not be {x}.")
    return x


@calls((1,))
def raise_message_with_percent(x):
    raise ValueError("The input can not be %d, %s." % (x, "n"))  # noqa: UP031


@calls((1,), (7,))
def raise_message_with_format(x):
    raise RuntimeError("The input {} is not {:>4}".format(x, "so"))


@calls((ONE, TWO), (NINE, TWO))
def raise_message_with_a_tensor(x, y):
    if x < y:
        raise ValueError(f"The value of x is {x}, of y {y.shape}.")
    return x


@calls((SCALAR, OTHER), (OTHER, SCALAR))
def raise_several_arguments(x, y):
    if x < y:
        raise ValueError("The input", x, "should be more than", y, (1, "a"))
    return x - y


@calls((ONE,))
def raise_message_of_a_tuple(x):
    y = (1, 2, 3)
    raise ValueError(f"The tuple is {y}.", y, x.shape)


@calls((ONE,))
def raise_message_of_a_list(x):
    raise ValueError(["a", 1, x.ndim], {"k": 2})


@calls((mutable([1, 2]),))
def raise_message_of_a_mutable_list(x):
    raise ValueError(f"list {x} of {len(x)}", x)


@calls((11,), (5,), (0,))
def raise_in_elif_chain(x):
    if x > 10:
        raise ValueError(f"{x} is more than 10")
    elif x == 5:
        raise TypeError("is 5")
    else:
        raise IndexError("else")


@calls((NINE,), (TWO,), (ONE,))
def raise_in_elif_chain_of_tensors(x):
    if x > 5:
        raise ValueError("more than 5")
    elif x == 2:
        y = x + 1
    else:
        raise KeyError("else")
    return y


@calls((NINE,), (ONE,))
def raise_in_if_in_if(x):
    y = 3
    if x > y:
        if y == 3:
            raise ValueError(f"x is {x.item()} and y {y}")
    return x


@calls((4,), (1,))
def raise_in_a_for(x):
    for i in range(x):
        if i == 2:
            raise ValueError(f"i is {i}", i)
    return x


@calls((NINE,), (ONE,))
def raise_in_a_while(x):
    n = 0
    while x > n:
        n += 1
        if n == 4:
            raise StopIteration("at", n)
    return n


@calls((ONE,), (NINE,))
def raise_after_a_while(x):
    while x < 5:
        x = x + 2
    if x == 5:
        raise OverflowError(f"{x}")
    return x


@calls((ONE,))
def raise_in_a_called_function(x):
    def check(v, name="v"):
        if v.shape != (3,):
            raise ValueError(f"For '{name}', shape must be {(3,)} but got {v.shape}.")
        return v

    return check(x, name="x")


@calls((TWO,), (ONE,))
def raise_in_a_called_function_by_a_tensor(x):
    def check(v):
        if v > 1:
            raise ValueError(f"{v} is more than 1")
        return v

    return check(x) + check(x - 1)


@calls((ONE, None), (None, ONE), (ONE, ONE))
def raise_for_none(x, y):
    if x is None:
        raise ValueError("x should not be None.")
    if y is None:
        raise TypeError("y should not be None.", y)
    return x + y


@calls((ONE,))
class RaiseInConstruct(nn.Cell):
    def __init__(self):
        super().__init__()
        self.limit = 0
        self.name = "the net"

    def check(self, x):
        if self.limit == 0:
            raise ValueError(f"For {self.name}, limit is {self.limit} at", x.shape)

    def construct(self, x):
        self.check(x)
        return x


@calls((Tensor(-1),), (Tensor(1),))
class RaiseByAParameter(nn.Cell):
    def __init__(self):
        super().__init__()
        self.param = Parameter(Tensor(0), name="param")

    def construct(self, x):
        if x < self.param:
            raise ValueError("less than the parameter", self.param.name)
        return x + self.param


@calls((Tensor(-1),), (Tensor(1),))
class RaiseAfterAnAssign(nn.Cell):
    def __init__(self):
        super().__init__()
        self.param = Parameter(Tensor(5), name="param")
        self.seen = 0

    def construct(self, x):
        ops.assign(self.param, x)
        self.seen += 1
        if self.param < 0:
            raise ValueError(f"param is {int(self.param)}, seen {self.seen}")
        return self.param + 0


ERRORS = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, FloatingPointError, IOError),
    *(IndexError, KeyError, LookupError, MemoryError, NameError, NotImplementedError, OSError),
    *(OverflowError, RecursionError, ReferenceError, RuntimeError, SyntaxError, SystemError),
    *(TimeoutError, TypeError, UnboundLocalError, UserWarning, ValueError, ZeroDivisionError),
    *(ImportError, ModuleNotFoundError, PermissionError, UnicodeError, BufferError, Exception),
)


@calls(*((i,) for i in range(len(ERRORS))))
def raise_every_builtin_exception(i):
    raise ERRORS[i]("message", i)


class CustomError(ValueError):
    def __init__(self, text, code=0):
        super().__init__(text)
        self.code = code

    def __str__(self):
        return f"[{self.code}] {self.args[0]}"


@calls((ONE,), (TWO,))
def raise_a_custom_exception(x):
    if x > 1:
        raise CustomError(f"bad {x.dtype}", code=3)
    try:
        raise CustomError("caught", 4)
    except ValueError as error:
        return str(error), error.code, isinstance(error, CustomError)


@calls((ONE,), (TWO,))
def try_around_a_tensor_condition(x):
    try:
        if x == 1:
            raise ValueError("one")
        y = x * 2
    except ValueError as error:
        return str(error), x
    finally:
        x = x + 1
    return y, x


@calls((3,), (0,))
def try_around_a_division(n):
    try:
        return 6 // n
    except (TypeError, ZeroDivisionError) as error:
        return f"{type(error).__name__}: {error}"


@calls((0,), (5,))
def try_in_a_loop(n):
    found = []
    for i in range(3):
        try:
            if i == n:
                continue
            found.append([1, 2][i])
        except IndexError:
            found.append("missing")
            break
        else:
            found.append("fine")
        finally:
            found.append(i)
    return found


@calls((ONE,), (NINE,))
def except_order(x):
    try:
        {}[x.shape]
    except LookupError as error:
        first = error.args
    try:
        x.nothing  # noqa: B018
    except AttributeError:
        second = "no attribute"
    return first, second


@calls((TWO,))
def raise_from_another(x):
    try:
        raise KeyError("first", x.ndim)
    except KeyError as error:
        raise ValueError("second") from error


@calls((TWO,))
def raise_again(x):
    try:
        raise KeyError("first")
    except KeyError:
        raise


@calls((1,), (0,))
def assert_of_a_number(x):
    assert x
    return x


@calls((3,), (1,))
def assert_with_a_tuple(x):
    assert x > 2, (x, "is not more than", 2)
    return x


@calls((ONE,), (TWO,))
def assert_of_a_tensor(x):
    assert x == 1, f"x is {x}"
    return x


@calls((ONE, "a"), (TWO, 3))
def assert_of_isinstance(x, text):
    assert isinstance(x, Tensor), "x must be a tensor"
    assert isinstance(text, str), f"text is a {type(text).__name__}"
    return text


@calls((1,), (3,), (6,))
def assert_in_a_container(x):
    assert x in [1, 3, 5], f"{x} is none of them"
    if x == 3:
        assert False, "never 3"  # noqa: B011, PT015
    return x


@calls()
def assert_of_an_array():
    x = np.array([1, 2, 3])
    assert (x < 3).all(), f"not all of {x}"


@calls((TWO,), (ONE,))
class AssertInConstruct(nn.Cell):
    def construct(self, x):
        for i in range(3):
            assert x.shape == (1,), "shape"
            assert x + i > 1, i
        return x


@calls((Tensor([1.0]), Tensor([1.0, 2.0, 3.0])))
def shapes_that_do_not_fit(x, y):
    return x.reshape((2, 2)) + y


@calls((ONE,))
def index_out_of_range(x):
    return [1, 2][x.ndim + 1]


@calls((ONE,))
def attribute_that_is_not_there(x):
    return x.not_there


@calls((ONE,))
def name_that_is_not_there(x):
    return x + not_there  # noqa: F821


@calls((ONE,))
def call_of_what_cannot_be_called(x):
    return x.shape()


@calls((ONE,))
def wrong_number_of_arguments(x):
    def f(a, b):
        return a + b

    return f(x)


@calls((ONE,))
def operator_on_wrong_types(x):
    return [1] + (x,)


@calls(("12", 3), ("n", 3))
def conversion_that_fails(text, n):
    return int(text) + n
