"""Settings as they are in a new process."""

import pytest

from foldaway import context


@pytest.fixture
def default_settings(monkeypatch):
    monkeypatch.delenv("MS_DEV_JIT_SYNTAX_LEVEL", raising=False)
    monkeypatch.delenv("MS_DEV_ENABLE_FALLBACK", raising=False)
    context.reset_context()
    yield
    context.reset_context()
