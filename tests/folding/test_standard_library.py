"""Functions of the standard library, folded through their source, give what Python gives.

None of them knows tensors: this is about Python's own semantics while compiling.
"""

import calendar
import colorsys
import copy
import difflib
import fnmatch
import html
import importlib
import inspect
import ipaddress
import shlex
import statistics
import string
import textwrap

import pytest

from foldaway import Tensor, jit
from foldaway.folding import classify, native_reads

TEXT = "  The quick brown fox, jumped over the lazy dog; twice!\n\n  And then (again)\tit slept.  "
NUMBERS = [2.5, 3.25, 5.5, 11.25, 11.75]

CASES = [
    (colorsys.rgb_to_hls, [(0.1, 0.5, 0.9), (0, 0, 0), (1.0, 0.2, 0.2)]),
    (colorsys.hls_to_rgb, [(0.1, 0.5, 0.9), (0.5, 0.0, 0.0)]),
    (colorsys.rgb_to_hsv, [(0.1, 0.5, 0.9), (0.7, 0.7, 0.7)]),
    (colorsys.hsv_to_rgb, [(0.1, 0.5, 0.9), (0.99, 1.0, 0.3)]),
    (colorsys.rgb_to_yiq, [(0.1, 0.5, 0.9)]),
    (textwrap.dedent, [(TEXT,), ("a\n  b",), ("",), (5,)]),
    (textwrap.indent, [(TEXT, "> "), ("x", "-")]),
    (textwrap.shorten, [(TEXT, 20), (TEXT, 3), ("", 5)]),
    (textwrap.wrap, [(TEXT, 12), (TEXT, 0), ("", 5)]),
    (string.capwords, [(TEXT,), ("a-b c-d", "-")]),
    (html.escape, [("<a href='x'>&</a>",), ("<>", False)]),
    (html.unescape, [("&lt;&amp;&#65;&nope;",), ("plain",)]),
    (fnmatch.translate, [("*.py",), ("[!a-c]?x",), ("",)]),
    (fnmatch.filter, [(["a.py", "b.txt"], "*.py"), ([], "*")]),
    (shlex.quote, [("a b",), ("safe",), ("it's",)]),
    (shlex.join, [(["a", "b c"],)]),
    (statistics.mean, [(NUMBERS,), ([1, 2, 3],), ([],)]),
    (statistics.median, [(NUMBERS,), ([1, 3, 2, 4],), ([],)]),
    (statistics.median_grouped, [([52, 52, 53, 54],), ([1, 2, 2, 3], 2)]),
    (statistics.mode, [([1, 1, 2],), ("aabb",)]),
    (statistics.pvariance, [([0.25, 1.5, 2.75],), ([1, 2, 3, 4], 2.5)]),
    (statistics.quantiles, [(NUMBERS,), ([1, 2, 3],), ([1],)]),
    (statistics.linear_regression, [([1, 2, 3], [2, 4, 6.5])]),
    (calendar.isleap, [(2000,), (1900,), (2024,)]),
    (calendar.monthrange, [(2024, 2), (2023, 13)]),
    (calendar.weekday, [(2024, 2, 29), (10000, 1, 1)]),
    (calendar.timegm, [((2024, 2, 29, 1, 2, 3),)]),
    (copy.copy, [([1, [2]],), ({"a": 1},), ((1, 2),)]),
    (difflib.get_close_matches, [("appel", ["ape", "apple", "peach"])]),
    (difflib.IS_LINE_JUNK, [("#\n",), ("x",)]),
    (ipaddress.v4_int_to_packed, [(2**31,), (-1,)]),
    (ipaddress._count_righthand_zero_bits, [(0, 32), (8, 32)]),
]


def outcome(function, arguments):
    arguments = copy.deepcopy(arguments)
    try:
        result = function(*arguments)
    except Exception as error:
        return type(error).__name__, str(error)
    return type(result).__name__, repr(result), repr(arguments)


@pytest.fixture(scope="module")
def all_is_loaded():
    """Load what would keep a patched function of another module, if it came later."""
    for name in ("array_operands", "attribute_changes", "attributes", "lax"):
        importlib.import_module(f"foldaway.folding.{name}")


@pytest.mark.usefixtures("all_is_loaded")
@pytest.mark.parametrize(("function", "calls"), CASES, ids=lambda v: getattr(v, "__name__", ""))
def test_a_function_gives_what_it_gives(function, calls, monkeypatch):
    source = inspect.getsourcefile(function)
    known = classify.is_library
    for module in (classify, native_reads):
        # As if the user had written it.
        monkeypatch.setattr(module, "is_library", lambda file: file != source and known(file))
    compiled = jit(function)
    for arguments in calls:
        assert outcome(compiled, arguments) == outcome(function, arguments)


def test_a_tensor_among_them():
    @jit
    def f(x):
        return x * statistics.fmean(NUMBERS) + len(textwrap.wrap(TEXT, 12))

    assert f(Tensor([1.0])).item() == pytest.approx(statistics.fmean(NUMBERS) + 8)
