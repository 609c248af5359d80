"""Random tests draw the same examples each time; others with `--hypothesis-profile=random`."""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile("fixed")
