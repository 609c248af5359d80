"""What random programs have found, made small."""

from pathlib import Path

import pytest

from .__main__ import outcome
from .observe import Case

FINDINGS = sorted((Path(__file__).parent / "findings").glob("*.txt"))


def read(path):
    """Return the program of a file; its calls are the comments at the end."""
    module, _, calls = path.read_text().partition("\n# f(")
    return Case(module, [line.rstrip()[:-1] for line in calls.split("\n# f(")])


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.stem)
@pytest.mark.parametrize("fullgraph", [True, False], ids=["strict", "lax"])
def test_a_finding_is_gone(path, fullgraph):
    found = outcome(read(path), fullgraph=fullgraph)
    assert found == "same" or (fullgraph and found.startswith("refused"))
