"""What tests of run-time control flow share: a program is compiled whole, and is plain Python.

A program is a function of a vector, called with several vectors so that every path is taken, in
STRICT and in LAX. Compared are the result with its types and with which objects are one, the
exception with its arguments, causes and line, the output, and what became of all arguments.
"""

import io
import linecache
from contextlib import redirect_stdout
from itertools import chain

import pytest
from hypothesis import strategies as st

from foldaway import CompileError, Tensor, jit

from ..fuzz.observe import Description, differing

VECTORS = (
    [1.0, 2.0, 3.0],
    [-1.0, -2.0, -3.0],
    [0.1, 0.2, 0.1],
    [100.0, 100.0, 100.0],
    [0.0, 5.0, -7.0],
)


class Programs:
    """The programs of one file, and what makes the arguments of each, beside the vector."""

    def __init__(self):
        self._found = []

    def add(self, *more, vectors=VECTORS):
        """Register a program; `more` makes the arguments after the vector anew for each call."""

        def register(function):
            calls = [lambda v=v: (Tensor(v), *(one() for one in more)) for v in vectors]
            self._found.append((function, calls))
            return function

        return register

    def test(self, check):
        """Let a test have each program in both modes."""
        cases = [pytest.param(*one, id=one[0].__name__) for one in self._found]
        both = pytest.mark.parametrize("fullgraph", [True, False], ids=["STRICT", "LAX"])
        return both(pytest.mark.parametrize(("function", "calls"), cases)(check))


def indented(lines):
    """Return lines of a program one level deeper."""
    return ["    " + line for line in lines]


def blocks(inner):
    """Return a strategy for one to three statements, each some lines."""
    return st.lists(inner, min_size=1, max_size=3).map(lambda parts: list(chain(*parts)))


def branches(conditions, block):
    """Return strategies for an `if` with an `else` and for one without."""
    both = st.tuples(conditions, block, block).map(
        lambda p: [f"if {p[0]}:", *indented(p[1]), "else:", *indented(p[2])]
    )
    return both, st.tuples(conditions, block).map(lambda p: [f"if {p[0]}:", *indented(p[1])])


def agree(function, calls, fullgraph):
    """Hold that a function is compiled whole, and that each call is what plain Python does."""
    compiled = jit(function, fullgraph=fullgraph)
    file = function.__code__.co_filename
    for number, make in enumerate(calls):
        expected, found = seen(function, make(), file), seen(compiled, make(), file)
        problem = differing(expected, found, loose=False)
        assert not problem, f"{function.__name__}, call {number}: {problem}"
    assert compiled.lazy_runs == 0
    return compiled


def agree_or_refuse(function, calls, reasons):
    """Hold that STRICT gives Python's answers, or refuses for one of the reasons."""
    problem = ""
    try:
        agree(function, calls, True)
    except CompileError as error:
        problem = str(error)
    assert not problem or any(reason in problem for reason in reasons), problem


def compile_text(text, name="f", **variables):
    """Return a function of a source text, with lines that errors can show."""
    file = f"<{hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space = {"Tensor": Tensor, "__name__": "program", **variables}
    exec(compile(text, file, "exec", dont_inherit=True), space)
    return space[name]


def refused(function, *arguments):
    """Return what STRICT says of a function; it must name the place and hold a hint."""
    with pytest.raises(CompileError) as caught:
        jit(function)(*arguments)
    text = str(caught.value)
    assert function.__code__.co_filename in text
    assert "hint:" in text
    return text


def seen(function, arguments, file):
    """Return all that can be seen of a call."""
    output, line = io.StringIO(), None
    with redirect_stdout(output):
        try:
            result = function(*arguments)
        except CompileError:
            raise
        except Exception as error:
            result, line = error, _line(error, file)
    describe = Description(Tensor, file)
    return {
        "result": describe(result),
        "line": line,
        "arguments": describe(arguments),
        "names": tuple(_names((result, arguments), {})),
        "output": output.getvalue(),
    }


def _line(error, file):
    """Return the last line of a file in an exception's traceback."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _names(value, known):
    """Yield, for each tensor in a value, which of the ones before it is the same object."""
    if isinstance(value, Tensor):
        yield known.setdefault(id(value), len(known))
    elif isinstance(value, dict):
        for item in value.values():
            yield from _names(item, known)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _names(item, known)
    elif type(value).__module__.startswith("tests."):
        yield from _names(vars(value), known)
