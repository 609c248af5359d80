"""Each cell of the tables in docs/language.md is what happens."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from foldaway import CompileError, Tensor, jit

from .fuzz.observe import Description, differing
from .language import expressions, statements, values
from .language.rows import LOG, ROWS

PAGE = Path(__file__).parents[1] / "docs/language.md"
_ROW = re.compile(r'^\| <span id="(\w+)"></span>(.+) \| (.+) \| (.+) \|$', re.MULTILINE)
CELLS = {name: (strict, lax) for name, _, strict, lax in _ROW.findall(PAGE.read_text())}

assert expressions
assert values


def test_the_tables_have_a_row_for_each_program():
    assert list(CELLS) == [name for name in CELLS if name in ROWS]
    assert sorted(CELLS) == sorted(ROWS)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ROWS)
def test_strict(name):
    _check(name, CELLS[name][0], fullgraph=True)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ROWS)
def test_lax(name):
    assert not CELLS[name][1].startswith("refused")
    _check(name, CELLS[name][1], fullgraph=False)


def _check(name, cell, *, fullgraph):
    function = ROWS[name].function
    expected = _seen(function, name)
    compiled = jit(function, fullgraph=fullgraph)
    if cell.startswith("refused: "):
        message = ".*".join(map(re.escape, cell.removeprefix("refused: ").split("…")))
        with pytest.raises(CompileError, match=message):
            _seen(compiled, name)
        return
    first, second = _seen(compiled, name), _seen(compiled, name)
    assert not differing(expected, first, loose=False)
    if cell != "folded once":
        assert not differing(expected, second, loose=False)
    report = compiled.report()
    match cell:
        case "compiled":
            assert report.ops_compiled > 0
            assert not compiled.lazy_runs
        case "folded" | "folded once":
            assert not report.ops_compiled
            assert not compiled.lazy_runs
        case _:
            assert cell == "runs in Python"
            assert compiled.lazy_runs


def _seen(function, name):
    """Return all that can be seen of a call."""
    statements.reset()
    arguments, output = ROWS[name].arguments(), io.StringIO()
    with redirect_stdout(output):
        try:
            result = function(*arguments)
        except CompileError:
            raise
        except Exception as error:
            result = error
    describe = Description(Tensor, __file__)
    world = (arguments, LOG, statements.COUNT)
    return {"result": describe(result), "world": describe(world), "output": output.getvalue()}
