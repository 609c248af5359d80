"""A folder for forms, and what is compiled although there may be one."""

import sys

import pytest

from foldaway import compile

from .programs import Program


@pytest.fixture
def program(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FOLDAWAY_CACHE", raising=False)
    yield Program(tmp_path / "stored_program.py")
    sys.modules.pop("stored_program", None)


@pytest.fixture
def compiled(monkeypatch):
    """The names of the functions that were compiled."""
    names = []
    compile_function = compile.compile_function

    def noted(function, *arguments, **options):
        names.append(function.__name__)
        return compile_function(function, *arguments, **options)

    monkeypatch.setattr(compile, "compile_function", noted)
    return names
