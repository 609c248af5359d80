"""Programs in the style of MindSpore's own tests of its fallback: each gives what eager gives.

Results, exceptions and their lines, output, changed arguments and changed attributes are compared,
call by call.
"""

import copy
import traceback

import numpy as np
import pytest

import foldaway.mindspore as ms
from foldaway import CompileError, context
from foldaway.mindspore import Tensor, nn

from . import (
    programs_array_kinds,
    programs_arrays,
    programs_builtins,
    programs_classes,
    programs_containers,
    programs_control,
    programs_functions,
    programs_gradients,
    programs_in_place,
    programs_libraries,
    programs_nesting,
    programs_none,
    programs_numpy,
    programs_objects,
    programs_operators,
    programs_raising,
    programs_sequences,
    programs_tensors,
    programs_texts,
)

FILES = (
    *(programs_control, programs_nesting, programs_sequences, programs_builtins),
    *(programs_containers, programs_in_place, programs_none, programs_texts),
    *(programs_classes, programs_objects, programs_functions, programs_raising),
    *(programs_gradients, programs_numpy, programs_arrays, programs_array_kinds),
    *(programs_libraries, programs_tensors, programs_operators),
)
PROGRAMS = {
    f"{file.__name__.rpartition('programs_')[2]}-{name}": program
    for file in FILES
    for name, program in file.PROGRAMS.items()
}


def canonical(value):
    """Return what is equal for results that no program can tell apart."""
    if isinstance(value, Tensor):
        return ("Tensor", value.dtype.name, value.shape, rounded(value.asnumpy()))
    if isinstance(value, np.ndarray | np.generic):
        return (type(value).__name__, value.dtype.name, value.shape, rounded(np.asarray(value)))
    if isinstance(value, list | tuple):
        return (type(value).__name__, *map(canonical, value))
    if isinstance(value, dict):
        return ("dict", *((key, canonical(item)) for key, item in value.items()))
    if isinstance(value, set | frozenset):
        return (type(value).__name__, sorted(map(repr, value)))
    if isinstance(value, float | complex):
        return (type(value).__name__, repr(value))
    return (type(value).__name__, value if isinstance(value, type) else repr(value))


def rounded(array):
    """Return elements to five digits: kernels may round differently from NumPy."""
    if array.dtype.kind == "f":
        return [f"{number:.5g}" for number in array.astype(np.float64).ravel()]
    return array.ravel().tolist()


def outcomes(program, run, capsys):
    """Return for each call the result or the exception, what was printed, and the arguments."""
    np.random.seed(1)
    thing = program.make()
    found = []
    for call in program.calls:
        args = copy.deepcopy(call)
        try:
            result = ("gives", canonical(run(thing, args)))
        except Exception as error:
            cause = type(error.__cause__)
            result = ("raises", type(error), canonical(error.args), cause, last_line(error))
        state = {}
        if isinstance(thing, nn.Cell):
            state = {k: v for k, v in vars(thing).items() if k[:1] != "_" and is_data(v)}
        found.append((result, capsys.readouterr().out, canonical(args), canonical(state)))
    return found


def last_line(error):
    """Return the innermost line of the program that an exception comes from."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if "/programs_" in frame.filename]
    return [line for line in lines if line][-1:]


def is_data(value):
    return isinstance(value, Tensor | int | float | list | dict | str | type(None))


def eager(thing, args):
    context.set_context(mode=context.PYNATIVE_MODE)
    try:
        return thing(*args)
    finally:
        context.reset_context()


def compiled(thing, args):
    if isinstance(thing, nn.Cell):
        return thing(*args)
    return ms.jit(thing)(*args)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_what_eager_gives(name, capsys):
    expected = outcomes(PROGRAMS[name], eager, capsys)
    assert outcomes(PROGRAMS[name], compiled, capsys) == expected


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_same_again(name, capsys):
    """One compiled function for all calls: guards tell the calls apart."""
    program = PROGRAMS[name]
    functions = {}

    def kept(thing, args):
        if isinstance(thing, nn.Cell):
            return thing(*args)
        return functions.setdefault(name, ms.jit(thing))(*args)

    expected = outcomes(program, eager, capsys)
    assert outcomes(program, kept, capsys) == expected
    assert outcomes(program, kept, capsys) == expected


@pytest.mark.parametrize("name", PROGRAMS)
def test_strict_gives_the_same_or_refuses(name, capsys):
    program = PROGRAMS[name]

    def strict(thing, args):
        if isinstance(thing, nn.Cell):
            thing.set_jit_config(ms.JitConfig(jit_syntax_level="STRICT"))
            return thing(*args)
        return ms.jit(thing, fullgraph=True)(*args)

    expected = outcomes(program, eager, capsys)
    for wanted, found in zip(expected, outcomes(program, strict, capsys), strict=True):
        if found[0][0] == "raises" and issubclass(found[0][1], CompileError):
            # A refused call has had no effect, so that the calls after it may differ.
            return
        # What prints constants alone prints while compiling.
        assert (*wanted[:1], *wanted[2:]) == (*found[:1], *found[2:])
        assert sorted(wanted[1]) == sorted(found[1])
