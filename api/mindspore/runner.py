"""Run a script that imports `mindspore`, unchanged, as `python` itself would run it.

What the script sees of the process is what `python script.py` or `python -m module` shows it:
its own `__main__`, `sys.argv`, `sys.path`, exit code and traceback.
"""

from __future__ import annotations

import io
import os
import runpy
import sys
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from types import CodeType, ModuleType, TracebackType
from zipimport import ZipImportError, zipimporter

from . import modules

USAGE = "usage: python -m foldaway.mindspore (SCRIPT | -m MODULE) [ARGUMENT ...]"


def run(words: Sequence[str]) -> None:
    """Run the script or the module that `words` name, with what follows as its arguments.

    Raises SystemExit where Python would end with an exit code.
    """
    if words[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return
    if not words or list(words) == ["-m"]:
        print(USAGE, file=sys.stderr)
        raise SystemExit(2)
    modules.provide("mindspore")
    if words[0] == "-m":
        sys.argv[:] = ["-m", *words[2:]]
        _run_module(words[1])
    else:
        sys.argv[:] = words
        _run_path(words[0])


def _run_module(name: str) -> None:
    _become_main()
    with _OwnTraceback():
        # The function that `python -m` calls, which is all there is to call.
        runpy._run_module_as_main(name)  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue, reportUnknownMemberType]


def _run_path(path: str) -> None:
    """Run a file, or a folder or an archive with a `__main__.py`."""
    if os.path.isdir(path) or _is_archive(path):
        _set_first_path(os.path.abspath(path))
        _become_main()
        with _OwnTraceback():
            runpy._run_module_as_main("__main__", False)  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue, reportUnknownMemberType]
        return
    file = os.path.abspath(path)
    try:
        with io.open_code(file) as stream:
            source = stream.read()
    except OSError as error:
        print(
            f"{sys.executable}: can't open file {file!r}: [Errno {error.errno}] {error.strerror}",
            file=sys.stderr,
        )
        raise SystemExit(2) from None
    _set_first_path(os.path.dirname(os.path.realpath(file)))
    main = _become_main()
    main.__file__ = file
    main.__loader__ = SourceFileLoader("__main__", file)
    vars(main).update(__builtins__=sys.modules["builtins"], __cached__=None, __annotations__={})
    with _OwnTraceback():
        code: CodeType = compile(source, file, "exec", dont_inherit=True)
        exec(code, vars(main))


def _is_archive(path: str) -> bool:
    try:
        return os.path.isfile(path) and bool(zipimporter(path))
    except ZipImportError:
        return False


def _set_first_path(folder: str) -> None:
    """Let imports look into `folder` first, where `python -m` had put the current one."""
    if not sys.flags.safe_path:
        sys.path[0] = folder


def _become_main() -> ModuleType:
    """Put a fresh `__main__` in place of the runner's own, and return it."""
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    return main


class _OwnTraceback:
    """Show an uncaught exception without the runner's frames, then let Python end as it does."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if kind is None or error is None or issubclass(kind, SystemExit):
            return
        # This traceback begins at the frame that holds the `with`, below all of the runner's.
        own = traceback.tb_next if traceback else None
        sys.excepthook(kind, error.with_traceback(own), own)
        # It has been shown. Python still ends with the exit code or the signal that belongs to it.
        sys.excepthook = _stay_silent


def _stay_silent(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    pass
