"""Random tests draw the same examples each time; others with `--hypothesis-profile=random`.

A test in which a logger of foldaway says that something is wrong fails.
"""

import logging

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile("fixed")

# Hypothesis also draws the constants of all modules that happen to be imported: a test would draw
# others with other tests before it in its process, and no public setting says not to.
NOTHING = Constants()
setattr(providers, "_get_local_constants", lambda: NOTHING)  # noqa: B010


def pytest_configure(config):
    """Name the mark of tests in which errors are logged on purpose."""
    marker = "logs_errors: what the loggers of foldaway say is an error doesn't fail the test"
    config.addinivalue_line("markers", marker)


class _Errors(logging.Handler):
    def __init__(self):
        super().__init__(logging.ERROR)
        self.records = []

    def emit(self, record):
        self.records.append(record)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Fail a test in which something goes on elsewhere because a compiler is wrong."""
    errors, logger = _Errors(), logging.getLogger("foldaway")
    logger.addHandler(errors)
    try:
        result = yield
    finally:
        logger.removeHandler(errors)
    if errors.records and item.get_closest_marker("logs_errors") is None:
        said = "\n".join(record.getMessage() for record in errors.records)
        pytest.fail(f"this was logged as an error:\n{said}", pytrace=False)
    return result
