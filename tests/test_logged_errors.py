"""What is logged as an error fails the test that it happens in."""

import logging

import pytest

from .conftest import pytest_runtest_call


class Item:
    """A test, with or without the mark."""

    def __init__(self, mark=None):
        self.mark = mark

    def get_closest_marker(self, name):
        assert name == "logs_errors"
        return self.mark


def goes_on(item, logger, level):
    """Run a test that logs."""
    call = pytest_runtest_call(item)
    next(call)
    logging.getLogger(logger).log(level, "it is wrong")
    with pytest.raises(StopIteration):
        call.send(None)


@pytest.mark.logs_errors
def test_an_error_fails():
    with pytest.raises(pytest.fail.Exception, match="it is wrong"):
        goes_on(Item(), "foldaway.ascend", logging.ERROR)


@pytest.mark.logs_errors
def test_an_error_that_is_marked_does_not():
    goes_on(Item("marked"), "foldaway.ascend", logging.ERROR)


@pytest.mark.parametrize(
    ("logger", "level"), [("foldaway", logging.WARNING), ("other", logging.ERROR)]
)
def test_what_others_say_does_not(logger, level):
    goes_on(Item(), logger, level)
