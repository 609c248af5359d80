"""The standard library's functions are lowered and printed as what they were."""

import pytest

from tests.cpython.stdlib import check, files

STRIDE = 12
"""Every how many files are checked; `python -m tests.cpython.stdlib` checks all."""

CHOSEN = files()[::STRIDE]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", CHOSEN, ids=lambda path: path.stem)
def test_a_module_prints_as_it_was(path):
    check(path)


def test_there_is_a_standard_library():
    assert len(CHOSEN) > 40
