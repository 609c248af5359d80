"""Which of CPython's own tests are run, and what they test."""

import importlib.util
import sys

REASON = f"{sys.executable} has no module 'test.test_textwrap': CPython's own tests are not run"


def has_tests() -> bool:
    """Return whether the running interpreter comes with its tests; Debian's has parts only."""
    try:
        return importlib.util.find_spec("test.test_textwrap") is not None
    except ModuleNotFoundError:
        return False


ROUND_TRIP = {
    "test.test_textwrap": ("textwrap",),
    # The module's doctest fails under any import hook.
    "test.test_heapq.TestHeapPython": ("heapq",),
    "test.test_bisect": ("bisect",),
    "test.test_statistics": ("statistics",),
    "test.test_fractions": ("fractions",),
    "test.test_difflib": ("difflib",),
    "test.test_shlex": ("shlex",),
    "test.test_csv": ("csv",),
    "test.test_json": ("json",),
    "test.test_configparser": ("configparser",),
    "test.test_string": ("string",),
    "test.test_copy": ("copy",),
    "test.test_calendar": ("calendar",),
    "test.test_functools": ("functools",),
    "test.test_collections": ("collections",),
    "test.test_reprlib": ("reprlib",),
    "test.test_fnmatch": ("fnmatch",),
}
"""Test module to the modules whose functions are replaced by their round trip."""

MORE_ROUND_TRIPS = {
    "test.test_argparse": ("argparse",),
    "test.test_dataclasses": ("dataclasses",),
    "test.test_enum": ("enum",),
    "test.test_pprint": ("pprint",),
    "test.test_graphlib": ("graphlib",),
    "test.test_ipaddress": ("ipaddress",),
    "test.test_htmlparser": ("html",),
    "test.test_colorsys": ("colorsys",),
    "test.test_decimal": ("_pydecimal",),
}
"""Those that `make fuzz` runs besides."""

FOLDED = {
    "test.test_textwrap": ("textwrap",),
    "test.test_statistics": ("statistics",),
    "test.test_fractions": ("fractions",),
    "test.test_difflib": ("difflib",),
    "test.test_shlex": ("shlex",),
    "test.test_string": ("string",),
    "test.test_calendar": ("calendar",),
    "test.test_fnmatch": ("fnmatch",),
    "test.test_colorsys": ("colorsys",),
    "test.test_ipaddress": ("ipaddress",),
    "test.test_configparser": ("configparser",),
    "test.test_html": ("html",),
}
"""Test module to the modules whose functions are compiled and compared with plain Python."""
