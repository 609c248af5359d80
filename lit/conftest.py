"""Let pytest run the lit tests, in its own process: `pytest` alone runs everything.

The files are ordinary lit tests, so `lit lit` runs them too.
Here a RUN line may only join our own tools with pipes: foldaway-opt, filecheck, python, cat;
`not` and `env NAME=value` before a tool, `2>&1` and `2>/dev/null` after it.
"""

import contextlib
import io
import os
import re
import runpy
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filecheck.finput import FInput
from filecheck.matcher import Matcher
from filecheck.options import parse_argv_options
from filecheck.parser import Parser, pattern_for_opts


def pytest_collect_file(file_path: Path, parent: pytest.Collector):
    if file_path.suffix not in {".mlir", ".py"} or file_path.name in {"conftest.py", "lit.cfg.py"}:
        return None
    return LitFile.from_parent(parent, path=file_path)


class LitFile(pytest.File):
    def collect(self):
        yield LitTest.from_parent(self, name="RUN")


class LitTest(pytest.Item):
    def runtest(self):
        lines = run_lines(self.path.read_text())
        if not lines:
            raise LitError(f"{self.path} has no RUN line")
        for line in lines:
            run_line(line, self.path)

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, LitError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, self.path.stem


class LitError(Exception):
    """What a failing RUN line printed."""


def run_lines(text: str) -> list[str]:
    """Return the RUN lines of a lit file; one that ends in a backslash goes on in the next."""
    found = "\n".join(re.findall(r"^(?://|#) RUN: (.*)$", text, re.M))
    return re.sub(r"\\\n", "", found).splitlines()


def run_line(line: str, file: Path) -> None:
    bare = re.sub(r"'[^']*'|\"[^\"]*\"|2>(&1|/dev/null)", "", line)
    if re.search(r"[<>;&$]", bare):
        raise LitError(f"a shell would take a part of this line for its own: {line}")
    words = shlex.shlex(line, posix=True, punctuation_chars="|")
    words.whitespace_split = True
    command: list[str] = []
    text = ""
    for word in [*words, "|"]:
        if word == "|":
            text = run_command(command, text)
            command = []
        else:
            # Put in last: a path may hold spaces.
            command.append(word.replace("%s", str(file)).replace("%S", str(file.parent)))


def run_command(command: list[str], text: str) -> str:
    """Run one command of a pipe on what came through the pipe; return what it hands on."""
    words = list(command)
    must_fail, settings = False, dict[str, str]()
    while words[0] in {"not", "env"} or "=" in words[0]:
        must_fail ^= words[0] == "not"
        if "=" in words[0]:
            name, _, settings[name] = words[0].partition("=")
        del words[0]
    joined = "2>&1" in words
    words = [word for word in words if word not in {"2>&1", "2>/dev/null"}]
    out, err = io.StringIO(), io.StringIO()
    with environment(settings), streams(text, out, out if joined else err):
        code = exit_code(words)
    if bool(code) != must_fail:
        raise LitError(f"{shlex.join(command)}: exit code {code}\n{out.getvalue()}{err.getvalue()}")
    return out.getvalue()


def exit_code(words: list[str]) -> int:
    tool, *args = words
    try:
        return TOOLS[tool](args) or 0
    except SystemExit as exit:
        return exit.code if isinstance(exit.code, int) else int(exit.code is not None)


@contextlib.contextmanager
def streams(text: str, out: io.StringIO, err: io.StringIO) -> Iterator[None]:
    stdin = sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield
    finally:
        sys.stdin = stdin


@contextlib.contextmanager
def environment(settings: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _opt(args: list[str]) -> None:
    from foldaway.opt import main

    main(args)


def _python(args: list[str]) -> None:
    if args[:2] == ["-m", "foldaway.mindspore"]:
        # The runner takes over the interpreter, which pytest needs.
        raise LitError(
            "run scripts with `foldaway.mindspore` from tests/, in a process of their own"
        )
    runpy.run_path(args[0], run_name="__main__")


def _filecheck(args: list[str]) -> int:
    options = parse_argv_options(["filecheck", *args])
    with open(options.match_filename) as file:
        parser = Parser(options, file, *pattern_for_opts(options))
        return Matcher(options, FInput("<stdin>", sys.stdin.read()), parser).run()


def _cat(args: list[str]) -> None:
    sys.stdout.write("".join(Path(arg).read_text() for arg in args) if args else sys.stdin.read())


TOOLS = {"foldaway-opt": _opt, "python": _python, "filecheck": _filecheck, "cat": _cat}
