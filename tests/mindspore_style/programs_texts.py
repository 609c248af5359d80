"""Text that is made, formatted and printed, of constants, arguments and tensors."""

import numpy as np

from foldaway.mindspore import Tensor, nn
from foldaway.mindspore import dtype as mstype

from .program import Programs

PROGRAMS = Programs()
calls = PROGRAMS.calls

ROW = Tensor([1.0, 2.0, 3.0])
ONE = Tensor([1], mstype.int32)


@calls()
def str_format_by_position():
    return (
        "{} is {}".format("a", 1),
        "{1}{0}{1}".format(2, "b"),
        "{:>5}|{:<4}|{:^5}".format(1, 2, 3),  # noqa: UP032
    )


@calls()
def str_format_by_name():
    return "{name}={value:.3f}".format(name="pi", value=3.14159), "{a[0]}{b[k]}".format(
        a=[1], b={"k": 2}
    )


@calls()
def str_format_of_attributes():
    return "{0.shape} {0.ndim}".format(np.ones((2, 3)))


@calls((ROW,), (ONE,))
def str_format_of_a_tensor(x):
    return "{} {!r}".format(x, x), f"{x}", str(x), "%s" % x  # noqa: UP031, UP032


@calls((3, 2.5, "s", True), (-1, 0.0, "", False))
def f_strings_of_arguments(n, a, text, flag):
    return f"{n:+d} {n:05d} {a:8.3f} {a:e} {a!r} {text:>5} {text!r} {flag} {n + 1} {n=}"


@calls((3, 2.5), (255, 1e10))
def percent_of_arguments(n, a):
    return "%d %05d %x %.2f %s %r %%" % (n, n, n, a, a, "s"), "%(k)s" % {"k": n}  # noqa: UP031


@calls((3,), (12,))
def f_string_with_a_width_of_its_own(n):
    return f"{1.5:{n}.2f}|{'x':*^{n}}"


@calls((ROW,))
def str_of_containers(x):
    return str([1, "a", None]), str((1.5,)), str({"k": [True]}), repr(range(3)), str({1})


@calls((ROW,))
def str_of_dtypes(x):
    return (
        str(x.dtype),
        f"{x.dtype}",
        str(mstype.int32),
        repr(mstype.bool_),
        x.dtype == mstype.float32,
    )


@calls(("Hello World",), ("",), ("a,b,,c",))
def str_methods(s):
    return (
        *(s.lower(), s.upper(), s.title(), s.swapcase(), s.strip("H"), s.split(","), s.split()),
        *(s.find("o"), s.count("l"), s.replace("l", "L", 1), s.startswith("He"), s.endswith("d")),
        *(s.partition(" "), s.rpartition("l"), s.zfill(12), s.center(13, "-"), s.ljust(12), s[1:4]),
        *(s.isalpha(), s.isdigit(), s.islower(), s[::-1], len(s), "o" in s, s + "!", s * 2),
        *(sorted(s), list(s)[:2], s.encode("utf-8"), s == "", s < "b", max(s, default="")),
    )


@calls(("abc",), ("",))
def loops_over_text(s):
    found = ""
    for i, letter in enumerate(s):
        if letter == "b":
            found += letter.upper() * i
        else:
            found = letter + found
    return found, {c: s.count(c) for c in s}, "".join(reversed(s)), [ord(c) for c in s]


@calls(("a",), ("b",), ("c",))
def branches_of_text(s):
    if s == "a":
        return 1
    if s in ("b", "bb") and s != "":
        return s * 2
    return None


@calls()
def text_joined():
    return ", ".join(["a", "b"]), "-".join(str(i) for i in range(3)), " ".join(("x",)), "ab"


@calls()
def text_of_numbers():
    return str(1.0), str(1e20), repr(0.1), str(True), str(10**20), repr("a'b"), ascii("é"), chr(233)


@calls()
def bytes_and_bytearrays():
    b = b"abc"
    a = bytearray(b)
    a[0] = 65
    a.extend(b"d")
    return b[0], b[1:], bytes(a), b.decode(), a.hex(), b + b"x", b.find(b"c"), bytes([1, 2])


@calls((ROW,), (ONE,))
def print_a_tensor(x):
    print(x)
    print("x:", x, x + 1)
    return x


@calls((ROW, 3), (ROW, 4))
def print_everything(x, n):
    print(n, 2.5, "s", None, True, [1, n], (n,), {"k": n}, {n})
    print(x.shape, x.dtype, np.array([1, 2]), np.float32(1.5), sep=", ", end="!\n")
    print()
    print("%s %d" % ("a", n), f"{n:>3}", "{}".format(n))  # noqa: UP031, UP032
    return n


@calls((ROW,))
def print_containers_of_tensors(x):
    print([x, 1], (x,), {"x": x})
    print(*[1, 2, x], sep="\n")


@calls((Tensor([2]),), (Tensor([5]),))
def print_in_branches(x):
    if x > 3:
        print("more", x)
    else:
        print("less", x)
    n = 0
    while n < 2:
        print("n", n)
        n += 1
    for v in (x, "a"):
        print("v", v, end=";")
    return x


@calls((Tensor([2]),), (Tensor([5]),))
class PrintInConstruct(nn.Cell):
    def __init__(self):
        super().__init__()
        self.label = "label"

    def construct(self, x):
        y = x * 2
        print(self.label, "is", y)
        print(f"{self.label}: {x}")
        return y


@calls((ROW,))
def print_then_raise(x):
    print("before", x)
    raise ValueError("after printing")


@calls((ROW,))
def print_of_a_class(x):
    print(type(x).__name__, int, len)
    print(Tensor is type(x), x is x, x is None)


@calls((ROW,))
def repr_of_tensors(x):
    return repr(x), repr(Tensor(1)), str(Tensor(True)), str(Tensor([[1, 2], [3, 4]]))


@calls()
def format_builtin():
    return (
        format(3, "05d"),
        format(2.5, ".3f"),
        format("a", ">3"),
        format(True),
        "{:,}".format(10**6),  # noqa: UP032
    )


@calls((2,), (3,))
def literal_evaluation(n):
    return eval("1 + 2"), eval("n * 2", {"n": n}), int("12"), float("2.5"), complex("1j")
