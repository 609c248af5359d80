"""`except*` and exception groups while compiling: what plain Python does."""

import pytest

from foldaway import jit

from .agreement import X, same


def shape(error):
    """Return what a test compares of an exception."""
    if isinstance(error, BaseExceptionGroup):
        inner = [shape(one) for one in error.exceptions]
        return type(error).__name__, error.message, inner
    return type(error).__name__, str(error), shape(error.__cause__) if error.__cause__ else None


def group(*errors):
    return ExceptionGroup("all", [*errors])


def split(x, log):
    try:
        raise group(ValueError("v"), TypeError("t"), group(ValueError("w"), KeyError("k")))
    except* ValueError as errors:
        log.append(shape(errors))
        log.append(errors.__traceback__ is not None)
    except* (TypeError, LookupError) as errors:
        log.append(shape(errors))
    else:
        log.append("else")
    finally:
        log.append("finally")
    return x


def rest(x, log):
    try:
        raise group(ValueError("v"), TypeError("t"))
    except* ValueError as errors:
        log.append(shape(errors))


def naked(x, log):
    try:
        raise ValueError("v", 1)
    except* TypeError:
        log.append("type")
    except* ValueError as errors:
        log.append(shape(errors))
    try:
        raise KeyError("k")
    except* ValueError:
        log.append("value")


def raised_again(x, log):
    try:
        raise group(ValueError("v"), TypeError("t"), KeyError("k"))
    except* ValueError:
        raise
    except* TypeError as errors:
        raise LookupError("new") from errors


def raised_alone(x, log):
    try:
        raise ValueError("v")
    except* ValueError as errors:
        log.append(shape(errors))
        raise TypeError("instead") from None


def nothing_raised(x, log):
    try:
        log.append("body")
    except* ValueError:
        log.append("value")
    else:
        log.append("else")
    return x + 1


def caught_groups(x, log):
    try:
        raise group(OSError("o"))
    except* ExceptionGroup:
        log.append("never")


def not_classes(x, log):
    try:
        raise group(OSError("o"))
    except* 5:  # noqa: B030
        log.append("never")


def waiting(x, log):
    def body():
        try:
            yield 1
            raise group(ValueError("v"), TypeError("t"))
        except* ValueError as errors:
            log.append(shape(errors))
            log.append((yield x))
        except* TypeError as errors:
            log.append(shape(errors))
        yield 3

    made = body()
    return next(made), next(made), made.send("sent")


PROGRAMS = [
    *(split, rest, naked, raised_again, raised_alone, nothing_raised, caught_groups),
    *(not_classes, waiting),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_groups_are_split_as_python_does(program):
    def f(x):
        log = []
        try:
            result = program(x, log)
        except Exception as error:
            context = error.__context__
            return "raised", shape(error), type(context).__name__, log
        return "returned", result, log

    assert same(jit(f)(X), f(X))
