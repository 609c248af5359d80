"""Whole compiled forms kept on disk: a later process needs neither the compiler nor LLVM for them.

A form is kept where all that it depends on can be said to another process: by the key of its file,
or by guards that are written down beside it. Else it isn't kept. Files hold data of a few types and
the names of object images; nothing in them is run but those.
"""

from __future__ import annotations

import linecache
import marshal
import os
import struct
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from foldaway.folding.fallback import fallback_enabled
from foldaway.runtime.disk_cache import DiskCache, cache_folder
from foldaway.runtime.fingerprints import (
    Unstorable,
    digest_of,
    fingerprint,
    function_words,
    member_functions,
)
from foldaway.runtime.guards import LOST
from foldaway.runtime.interrupts import is_interrupt
from foldaway.runtime.package_digest import package_digest
from foldaway.runtime.report import LineStatus, Report
from foldaway.runtime.sha256 import sha256
from foldaway.runtime.specialization import Making, Specialization
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.threads import available_processors
from foldaway.runtime.version import VERSION
from foldaway.runtime.written_guards import Changed, GuardReader, GuardWriter
from foldaway.runtime.written_values import Json, write_key

from . import context
from .compile_options import CompileOptions
from .internal_error import InternalError
from .late_text import late_text
from .lazy_function import log_bug
from .stored_programs import read_segment, write_segment

if TYPE_CHECKING:
    from foldaway.runtime.guards import AnyGuard
    from foldaway.runtime.segment import Segment
    from foldaway.runtime.sources import Source

_FORMS: Final = DiskCache(".form")
_FORMAT: Final = 2
"""Is counted up when the same compiler writes other files."""
_MOST: Final = 8
"""How many forms are kept for one key: their guards differ."""
_LENGTHS: Final = struct.Struct("<QQ")
"""How many bytes of what is written and of constants follow."""
_PLAIN: Final = 2
"""The version of Python's `marshal` in which equal values are equal bytes."""


class FormPlace:
    """Where the forms for calls with one key are kept."""

    def __init__(self, function: types.FunctionType, key: str) -> None:
        self.function = function
        self.key = key
        """That of the file."""


def form_places(
    function: types.FunctionType, keys: Mapping[bool, tuple[object, ...]], options: CompileOptions
) -> dict[bool, FormPlace]:
    """Return where forms for a call are kept, by whether it is LAX, as its keys are; or nothing."""
    if not _is_on() or not fallback_enabled():
        return {}
    try:
        where = _environment()
        if where is None:
            return {}
        # Methods that somebody has put into our classes are part of what every call does.
        about = function_words(function), fingerprint(Tensor)
        places: dict[bool, FormPlace] = {}
        for lax, key in keys.items():
            asked = repr(write_key(key, function.__globals__))
            places[lax] = FormPlace(function, digest_of((where, *about, asked, options.style, lax)))
        return places
    except Unstorable as error:
        _say_unkept(function, error)
    except Exception as error:
        # Whatever is odd about the program, it is compiled as without files.
        if is_interrupt(error):
            raise
        _say_failed(function, error)
    return {}


def has_forms(place: FormPlace) -> bool:
    """Return whether there is a file for a place; perhaps nothing in it fits."""
    return _FORMS.has(place.key)


def load_or_make(
    place: FormPlace,
    arguments: Sequence[object],
    key: tuple[object, ...],
    options: CompileOptions,
    lax: bool,
    make: Callable[[], Specialization],
) -> Specialization:
    """Return a form that is kept at a place and fits a call, or what `make` gives, and keep that.

    Raises what `make` raises.
    """
    ir = late_text(place.function, arguments, key, options, lax)
    found = load_form(place, arguments, key, ir)
    if found is None:
        found = make()
        keep_form(place, found)
    return found


def load_form(
    place: FormPlace,
    arguments: Sequence[object],
    key: tuple[object, ...],
    ir: Callable[[str], str],
) -> Specialization | None:
    """Return a form that fits a call, None if there is none; `ir` shows its IR.

    What was printed while it was compiled is printed again, and the notice is logged.
    """
    kept = _FORMS.find(place.key)
    if kept is None:
        return None
    for text, constants in _parts(kept):
        # Python's version is part of the key; JSON would take a start 2 ms to load.
        written = marshal.loads(text)
        found = _read_form(place.function, arguments, written, constants)
        if found is not None:
            report = Report([LineStatus(*line) for line in written["lines"]], written["graph_ops"])
            made = Specialization(
                key, *found, written["notice"], report, ir, written["starts_again"]
            )
            _show(written)
            return made
    return None


def keep_form(place: FormPlace, made: Specialization) -> None:
    """Keep a form for other processes, if all that it depends on can be said to them."""
    making, made.making = made.making, None
    try:
        if making is None:
            raise Unstorable("something ran while compiling that can't be shown again")
        written, constants = _write_form(place.function, made, making)
        text = marshal.dumps(written, _PLAIN)
    except Unstorable as error:
        _say_unkept(place.function, error)
        return
    except Exception as error:
        if is_interrupt(error):
            raise
        _say_failed(place.function, error)
        return
    parts = [(text, constants)]
    kept = _FORMS.find(place.key)
    if kept is not None:
        parts += [part for part in _parts(kept) if part[0] != text][: _MOST - 1]
    packed = [_LENGTHS.pack(len(text), len(data)) + text + data for text, data in parts]
    _FORMS.keep(place.key, b"".join(packed))


def _is_on() -> bool:
    return os.environ.get("FOLDAWAY_CACHE") != "code" and cache_folder() is not None


def _environment() -> tuple[object, ...] | None:
    """Return what else decides what a function is compiled to; None if that can't be said."""
    from foldaway.backends.cpu.stored_code import this_machine

    machine = this_machine()
    if machine is None or context.get_context("device_target") != "CPU":
        return None
    versions = (_FORMAT, VERSION, package_digest(), sys.version, np.__version__, machine)
    python = (tuple(sys.flags), tuple(sys.warnoptions), sys.prefix, sys.getrecursionlimit())
    shown = (repr(np.get_printoptions()), repr(np.geterr()))
    # Loops are cut into parts for as many threads as there may be.
    settings = repr(sorted(context.all_settings().items())), available_processors()
    return (versions, python, shown, settings)


def _parts(kept: bytes) -> list[tuple[bytes, bytes]]:
    """Return what is written and the constants of each form in a file."""
    found: list[tuple[bytes, bytes]] = []
    position = 0
    while position < len(kept):
        text, constants = _LENGTHS.unpack_from(kept, position)
        position += _LENGTHS.size
        end = position + text + constants
        found.append((kept[position : position + text], kept[position + text : end]))
        position = end
    return found


# Writing.


def _write_form(
    function: types.FunctionType, made: Specialization, making: Making
) -> tuple[Json, bytes]:
    writer = GuardWriter(function, made.guards)
    written = [writer.guard(guard) for guard in made.guards]
    _check_functions(function, making, writer)
    program, constants = write_segment(made.entry)
    report = made.report
    return {
        "guards": written,
        "inputs": [writer.source(source) for source in made.inputs],
        "program": program,
        "notice": made.notice,
        "quoted": [[file, _digest_of_file(file)] for file in making.quoted],
        "printed": making.printed,
        "lines": [[line.file, line.line, line.status, line.reason] for line in report.lines],
        "graph_ops": report.graph_ops,
        "starts_again": made.starts_again,
    }, constants


def _check_functions(function: types.FunctionType, making: Making, writer: GuardWriter) -> None:
    """Raise Unstorable unless each function in a form is told from others, and is its source."""
    from foldaway.frontend.find_source import is_as_written

    covered = {*writer.covered}
    for kind in writer.classes:
        covered.update(map(id, member_functions(kind)))
    for one in (function, *making.functions):
        if id(one) not in covered:
            raise Unstorable(f"nothing tells {one.__qualname__} from others")
        if not is_as_written(one):
            raise Unstorable(f"{one.__qualname__} isn't what its file says")


def _digest_of_file(file: str) -> str:
    linecache.checkcache(file)
    return sha256(repr(linecache.getlines(file)).encode()).hex()


# Reading.


def _read_form(
    function: types.FunctionType, arguments: Sequence[object], written: Json, constants: bytes
) -> tuple[tuple[AnyGuard, ...], tuple[Source, ...], Segment] | None:
    """Return guards, inputs and what is run; None where a form doesn't fit a call."""
    reader = GuardReader(function, arguments)
    try:
        guards = tuple(map(reader.guard, written["guards"]))
        inputs = tuple(map(reader.source, written["inputs"]))
    except (Changed, *LOST):
        return None
    except Exception as error:
        # A guard that can't be asked doesn't hold.
        if is_interrupt(error):
            raise
        _say_failed(function, error)
        return None
    if any(_digest_of_file(file) != digest for file, digest in written["quoted"]):
        return None
    segment = read_segment(written["program"], constants)
    return None if segment is None else (guards, inputs, segment)


def _show(written: Json) -> None:
    """Print and log what was printed and logged when the form was compiled."""
    for stream, text in written["printed"]:
        cast(Any, sys.stderr if stream == "stderr" else sys.stdout).write(text)
    if written["notice"]:
        import logging

        logging.getLogger("foldaway.fallback").warning("%s", written["notice"])


# What is said of forms that aren't kept or can't be read.


def _say_unkept(function: types.FunctionType, why: Exception) -> None:
    import logging

    log = logging.getLogger("foldaway.cache")
    log.debug("'%s' is not kept on disk: %s", function.__qualname__, why)


def _say_failed(function: types.FunctionType, error: Exception) -> None:
    """Tell of what was raised meanwhile: a bug, if not by the program's own code."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    name = "" if last is None else str(last.tb_frame.f_globals.get("__name__"))
    if name.partition(".")[0] != __package__:
        _say_unkept(function, error)
        return
    text = f"{type(error).__name__}: {error}"
    log_bug(InternalError(f"this is a bug in foldaway, in 'stored-forms': {text}"))
