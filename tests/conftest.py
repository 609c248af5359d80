"""Random tests draw the same examples each time; others with `--hypothesis-profile=random`."""

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
