"""Python's builtins on constants, numbers, containers, arrays and tensors."""

import math

import numpy as np

import foldaway.mindspore as ms
from foldaway.mindspore import Tensor, mutable

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([3.0, -1.0, 2.0])
SQUARE = Tensor(np.array([[1, 2], [3, 4]]))


@calls((ROW,), (SQUARE,))
def len_of_tensors(x):
    return len(x), len(x.asnumpy()), len((x, x)), len([]), len({"a": x}), len("abc")


@calls((SQUARE,))
def map_of_functions(x):
    def double(value):
        return value * 2

    return list(map(double, [1, x])), tuple(map(lambda a, b: a + b, (1, 2), (x, 3)))


@calls((SQUARE,))
def map_over_an_array(x):
    return list(map(int, x.asnumpy().flatten()))


@calls((mutable([1, 2, 3, 4]),))
def filter_of_numbers(numbers):
    def is_odd(n):
        return n % 2

    return list(filter(is_odd, numbers)), list(filter(None, [0, 1, "", "a"]))


@calls((ROW,))
def zip_of_everything(x):
    return list(zip([1, 2, 3], x, "abc", strict=False)), dict(zip(("a", "b"), (x, 1), strict=True))


@calls((ROW,))
def sum_of_everything(x):
    return sum(x), sum([1, 2, 3]), sum((x, x), x), sum(x.asnumpy()), sum([0.1] * 3)


@calls((ROW, 1), (1.0, ROW), ((1,), [2]), ({}, None))
def isinstance_of_arguments(a, b):
    kinds = (Tensor, int, float, tuple, list, dict)
    return [isinstance(v, k) for v in (a, b) for k in kinds] + [isinstance(a, (int, Tensor))]


class Holder:
    attribute = 3

    def method(self, x):
        return x * self.attribute


@calls((ROW,))
def getattr_and_hasattr(x):
    holder = Holder()
    setattr(holder, "made", x)  # noqa: B010
    names = ("attribute", "made", "missing")
    found = [getattr(holder, name, "default") for name in names]
    return found, [hasattr(holder, name) for name in names], getattr(x, "shape"), hasattr(x, "no")  # noqa: B009


@calls((3, 5), (5, 3), (2.5, 1))
def min_and_max(a, b):
    return min(a, b), max(a, b), min([a, b, 0]), max((a, b, 0)), max([a, b], key=lambda v: -v)


@calls((ROW,))
def min_and_max_of_tensors(x):
    return x.min(), x.max(), max(x), min(x), max(x.asnumpy().tolist())


@calls((2.567, 2), (-3.5, 0), (1234.5, -2))
def round_of_numbers(a, digits):
    return round(a), round(a, digits), round(7, -1)


@calls((7, 3), (-7, 3), (7.5, -2))
def divmod_of_numbers(a, b):
    return divmod(a, b), a // b, a % b, a / b


@calls((ROW,))
def divmod_of_tensors(x):
    return divmod(x, 2)


@calls(([3, 1, 2],), ([5],))
def sorted_and_reversed(items):
    return (
        sorted(items),
        sorted(items, reverse=True),
        sorted(items, key=lambda v: -v),
        list(reversed(items)),
        items,
    )


@calls((SQUARE,))
def sorted_of_an_array(x):
    return sorted(x.asnumpy().flatten().tolist(), key=lambda v: v % 3)


@calls((ROW,), (Tensor([0.0, 0.0]),))
def all_and_any(x):
    return x.all(), x.any(), all([1, 0]), any((0, 2)), all(x.asnumpy() > 0), any(x > 2)


@calls((ROW,))
def enumerate_of_everything(x):
    pairs = [(i, row) for i, row in enumerate(x)]
    return pairs, list(enumerate("ab", 1)), list(enumerate(x.asnumpy().tolist(), start=2))


@calls((-3, 4), (2.5, -1.5))
def abs_and_pow(a, b):
    return abs(a), abs(b), pow(2, 3), pow(a, 2), pow(2, 5, 7), a**2


@calls((ROW,))
def abs_and_pow_of_tensors(x):
    return abs(x), pow(x, 2), x**2, abs(Tensor([-1, 2]))


@calls((1.0, 2.0), (0.5, -1.0))
def complex_numbers(a, b):
    z = complex(a, b)
    return z, z * z, z.conjugate(), abs(complex(3, 4)), z.real + z.imag


@calls((10,), (255,))
def bin_hex_oct_chr(n):
    return bin(n), hex(n), oct(n), chr(n), ord("a"), int("ff", 16), int(2.9), float("1.5")


@calls((3,), (0,), (-2.5,))
def conversions(n):
    return bool(n), int(n), float(n), str(n), repr(n), complex(n)


@calls((ROW,))
def conversions_of_constants(x):
    t = Tensor([7])
    return int(t), float(t), bool(t), str(t), t.item()


@calls(([1, 2],), ((3, 4),), ("ab",))
def containers_of_containers(items):
    return list(items), tuple(items), set(items), dict(enumerate(items)), str(items)


@calls((5,), (2,))
def ranges_and_slices(n):
    r = range(0, n, 2)
    items = list(range(10))
    return list(r), len(r), n in r, items[1:n], items[slice(None, None, n)], r[-1]


@calls((ROW,), (1,), ("text",), (None,))
def type_of_everything(a):
    return type(a), type(a).__name__, isinstance(a, type(a)), type(a) is int


@calls((2.0,), (0.25,))
def math_functions(a):
    return math.sqrt(a), math.exp(a), math.floor(a), math.pi * a, math.isclose(a, 2.0)


@calls((ROW,))
def iterators(x):
    it = iter([1, x, 3])
    return next(it), next(it), next(it), next(it, "end")


@calls((ROW,))
def lambdas_and_closures(x):
    factor = 3

    def outer(y):
        return lambda z: y * z + factor

    return outer(x)(2), (lambda *a, k=1: sum(a) * k)(1, 2, k=3)


@calls((3,), (ROW,))
def callables(a):
    return callable(a), callable(len), callable(lambda: 0), callable(Holder)


@calls((ROW,))
def string_methods(x):
    text = "Fold, away"
    return (
        text.upper(),
        text.split(", "),
        "-".join(["a", "b"]),
        text.replace("o", "0"),
        text[::-1],
        text.startswith("Fold"),
        f"{x.shape} {len(text):03d} {3.14159:.2f} {text!r:>12}",
        "{} {:>4} {name}".format(1, 2, name="n"),
        "%d-%s" % (3, "x"),  # noqa: UP031
        text.encode(),
    )


@calls((7, 2.5), (12, 0.125))
def formats_of_arguments(n, a):
    return f"{n:03d},{a:.2f}", f"{n}/{a}", str(n) + str(a), "%.1f" % a, "{:x}".format(n)  # noqa: UP031, UP032


@calls((3,), (10,))
def big_integers(n):
    return (n**50) % 1000007, n**30, (1 << 70) + n, -n // 2


@calls((0.1, 0.2), (1e308, 10.0))
def floats_are_doubles(a, b):
    return a + b, a * b, a - b, ms.float32 is ms.float32


@calls((ROW,))
def hash_and_identity(x):
    a, b = x, x
    return a is b, hash(3), a is not None, 3 in (1, 3), "a" not in "bcd", x is None
