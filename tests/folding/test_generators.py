"""Generator functions in compiled functions: lazy, in order, and real generators to native code."""

import contextlib

import pytest

from foldaway import CompileError, Tensor, jit

from .agreement import X, outcome, same
from .generator_programs import PROGRAMS


def with_log(program):
    """Return a function of the tensor alone that gives the program's outcome, and its notes."""

    def run(x):
        log = []
        try:
            result = program(x, log)
        except Exception as error:
            return "raised", type(error).__name__, str(error), log
        return "returned", result, log

    return run


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_generator_does_what_it_does(program):
    function = with_log(program)
    compiled = jit(function)
    for argument in (X, X * 2):
        assert same(compiled(argument), function(argument))
    assert len(compiled.specializations) == 1


def numbers(x, n):
    for i in range(n):
        yield x * i


@contextlib.contextmanager
def doubled(x):
    yield x * 2


def test_generators_from_outside():
    @jit
    def f(x):
        with doubled(x) as y:
            return list(numbers(x, 3)), sum(numbers(y, 3)), next(numbers(x, 1))

    assert same(f(X), ([X * 0, X, X * 2], X * 6, X * 0))


def test_an_uncaught_exception_of_a_generator():
    def f(x):
        def bad():
            yield x
            raise LookupError("bad")

        return list(bad())

    with pytest.raises(LookupError) as raised:
        jit(f)(X)
    names = [entry.name for entry in raised.traceback]
    assert names[-2:] == ["f", "bad"]
    assert outcome(jit(f), X) == outcome(f, X)


def refused(function, *arguments):
    with pytest.raises(CompileError) as raised:
        jit(function)(*arguments)
    return str(raised.value)


def test_a_generator_may_not_be_returned():
    def itself(x):
        yield x

    def made(x):
        return numbers(x, 3)

    assert "'itself' is a generator function" in refused(itself, X)
    assert "Should not use Python object in runtime" in refused(made, X)


def test_a_generator_left_inside_try_is_refused():
    def alive(x):
        def inner():
            try:
                yield x
            finally:
                print("when?")

        made = inner()
        return next(made)

    def freed(x):
        def inner():
            with contextlib.nullcontext():
                yield x

        def first():
            return next(inner())

        return first() + 1

    def stubborn(x):
        def inner():
            while True:
                try:
                    yield x
                except GeneratorExit:
                    print("no")

        made = inner()
        next(made)
        try:
            made.close()
        except RuntimeError:
            return x

    text = "the generator 'inner' is left unfinished inside 'try' or 'with'"
    assert text in refused(alive, X)
    assert text in refused(freed, X)
    assert text in refused(stubborn, X)


def test_a_generator_left_elsewhere_is_forgotten():
    @jit
    def f(x):
        def inner():
            yield x
            print("never")

        return next(inner())

    assert same(f(Tensor([1.0])), Tensor([1.0]))
