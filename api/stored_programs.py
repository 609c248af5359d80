"""Compiled segments as data: what is known of the code beside its object image, which is a file."""

from __future__ import annotations

from typing import Any, cast

from foldaway.runtime.driver import Signature
from foldaway.runtime.failure import Failure, Place
from foldaway.runtime.fingerprints import Unstorable
from foldaway.runtime.segment import Segment
from foldaway.runtime.written_values import Json, read_spec, write_spec


def write_segment(entry: object) -> tuple[Json, bytes]:
    """Return what a form runs as JSON, and the constants of its code.

    Raises Unstorable for a host program.
    """
    from foldaway.backends.cpu.executable import CpuExecutable

    if not isinstance(entry, Segment):
        raise Unstorable("a host program")
    executable = entry.executable
    if not isinstance(executable, CpuExecutable):
        raise Unstorable("code of another machine")
    program = executable.program
    constants = {name: array.tobytes() for name, array in program.constants.items()}
    written = {
        "name": program.name,
        "inputs": [*map(write_spec, program.signature.inputs)],
        "outputs": [*map(write_spec, program.signature.outputs)],
        "constants": [[name, len(data)] for name, data in constants.items()],
        "failures": [[one.exception, one.text, _place_of(one)] for one in program.failures],
        "is_long": program.is_long,
        "image": program.image,
        "is_shared": program.is_shared,
    }
    return written, b"".join(constants.values())


def read_segment(written: Json, data: bytes) -> Segment | None:
    """Return the segment with its code in memory; None where its image is gone."""
    from foldaway.backends.cpu.executable import CpuExecutable, Program, address_of, aligned
    from foldaway.backends.cpu.stored_code import stored_code

    constants: dict[str, Any] = {}
    position = 0
    for name, size in written["constants"]:
        constants[name] = aligned(data[position : position + size])
        position += size
    symbols = {name: address_of(array) for name, array in constants.items()}
    if written["is_shared"]:
        from foldaway.backends.cpu.thread_pool import PARALLEL, parallel_address

        symbols[PARALLEL] = parallel_address()
    code = stored_code(written["image"], written["name"], symbols)
    if code is None:
        return None
    inputs, outputs = (tuple(map(read_spec, written[name])) for name in ("inputs", "outputs"))
    failures = [
        Failure(name, text, None if place is None else cast(Place, tuple(place)))
        for name, text, place in written["failures"]
    ]
    program = Program(
        written["name"],
        Signature(inputs, outputs),
        constants,
        failures,
        written["is_long"],
        written["image"],
        written["is_shared"],
    )
    return Segment(CpuExecutable(code, program), len(outputs))


def _place_of(failure: Failure) -> list[object] | None:
    from xdsl.dialects.builtin import FileLineColLoc

    location = failure.location
    if not isinstance(location, FileLineColLoc):
        return None
    return [location.filename.data, location.line.data, location.column.data]
