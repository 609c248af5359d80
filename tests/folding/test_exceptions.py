"""`try`, `with` and `raise` while compiling: what plain Python does."""

import contextlib
import json
import traceback

import pytest

from foldaway import CompileError, Tensor, jit, mindspore

X = Tensor([1.0, 2.0])


class Manager:
    def __init__(self, log, swallow=False):
        self.log = log
        self.swallow = swallow

    def __enter__(self):
        self.log.append("enter")
        return self

    def __exit__(self, kind, error, trace):
        self.log.append(("exit", kind and kind.__name__, str(error), trace is None))
        return self.swallow


@contextlib.contextmanager
def tagged(log, name):
    log.append(name)
    try:
        yield name.upper()
    finally:
        log.append(f"/{name}")


def caught(x, key):
    try:
        value = {"a": x}[key]
    except KeyError as error:
        return "missing", error.args, x
    except (TypeError, ValueError):
        return "other", x
    else:
        return "found", value
    finally:
        x = x + 1


def nested(x, kind):
    log = []
    try:
        try:
            if kind == "value":
                raise ValueError("v")
            if kind == "zero":
                log.append(1 // 0)
            log.append("body")
        except ValueError as error:
            log.append(str(error))
            raise KeyError("k") from error
        finally:
            log.append("inner finally")
    except Exception as error:
        context = type(error.__context__).__name__
        log.append((type(error).__name__, repr(error.__cause__), context))
    return log, x


def loops(x):
    log = []
    for i in range(5):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            log.append(i)
        finally:
            log.append(-i)
    else:
        log.append("else")
    return log, x


def overridden(x):
    try:
        raise ValueError("lost")
    finally:
        return x, "kept"  # noqa: B012


def reraised(x):
    log = []
    try:
        try:
            raise ValueError("again")
        except ValueError:
            log.append("seen")
            raise
    except ValueError as error:
        log.append(str(error))
    try:
        error  # noqa: B018
    except NameError as missing:
        log.append(type(missing).__name__)
    return log, x


def managed(x, swallow):
    log = []
    with Manager(log) as outer, Manager(log, swallow) as inner:
        log.append(outer is inner)
        if swallow:
            raise ValueError("in the body")
        x = x * 2
    return log, x


def generated(x):
    log = []
    with tagged(log, "a") as name, contextlib.suppress(KeyError):
        log.append(name)
        log.append({}["none"])
    return log, x


def early(x):
    log = []

    def inner():
        with Manager(log):
            return "returned"

    return inner(), log, x


PROGRAMS = [
    *((caught, key) for key in ("a", "b", [])),
    *((nested, kind) for kind in ("value", "zero", "none")),
    *((managed, swallow) for swallow in (True, False)),
    *((program,) for program in (loops, overridden, reraised, generated, early)),
]


def shown(value):
    return str(value)


@pytest.mark.parametrize("case", PROGRAMS, ids=lambda c: f"{c[0].__name__}-{c[1:]}")
def test_as_in_plain_python(case):
    program, *args = case
    compiled = jit(program)
    for _ in range(2):
        assert shown(compiled(X, *args)) == shown(program(X, *args))


def escaping(x, how):
    try:
        if how == "context":
            return {}["k"]
    except KeyError:
        raise ValueError("new")  # noqa: B904
    with Manager([]):
        raise TypeError("through a manager")


@pytest.mark.parametrize("how", ["context", "manager"])
def test_exceptions_that_escape(how):
    with pytest.raises(Exception) as plain:  # noqa: PT011
        escaping(X, how)
    with pytest.raises(Exception) as compiled:  # noqa: PT011
        jit(escaping)(X, how)
    assert type(compiled.value) is type(plain.value)
    assert str(compiled.value) == str(plain.value)
    assert type(compiled.value.__context__) is type(plain.value.__context__)
    last = traceback.extract_tb(plain.value.__traceback__)[-1]
    found = traceback.extract_tb(compiled.value.__traceback__)[-1]
    assert (found.filename, found.lineno) == (last.filename, last.lineno)


def test_no_manager():
    def f(x):
        with x:
            return x

    with pytest.raises(TypeError, match="does not support the context manager protocol"):
        jit(f)(X)


def test_what_can_not_be_compiled_is_no_exception_of_the_program():
    def f(x):
        try:
            return x.asnumpy().tobytes()
        except Exception:
            return x

    with pytest.raises(CompileError, match="exists only at run time"):
        jit(f)(X)


class Swallower:
    def __matmul__(self, function):
        try:
            return function()
        except BaseException:
            return None


class Log(list):
    pass


LOG = Log()


def appends(x):
    try:
        LOG.append(1)
    except Exception:
        pass
    return x


def calls_back(x):
    try:
        list(map(lambda v: LOG.append(v), [1]))
    except RuntimeError:
        pass
    return x


def is_swallowed_by_native_code(x):
    Swallower() @ (lambda: LOG.append(1))
    return x


@pytest.mark.parametrize("function", [appends, calls_back, is_swallowed_by_native_code])
def test_nobody_catches_a_refusal(function):
    x = Tensor([1.0, 2.0])
    with pytest.raises(CompileError, match="return the new value"):
        jit(function)(x)
    assert x.tolist() == [1, 2]
    assert LOG == []


def again():
    raise


class Numbered:
    def __init__(self, number):
        self.number = number

    def __add__(self, other):
        return self.number + other.number


def yields(how):
    yield 1
    if how == "generator":
        raise ValueError(how)
    yield from [][how]


def passes_on(x, how):
    if how == "lambda":
        list(
            map(
                lambda value: -value,
                [how],
            )
        )
    if how == "generator":
        list(
            yields(how),
        )
    if how == "yield from":
        for value in yields(how):
            x = x + value
    if how == "operator":
        Numbered(1) + 2
    if how == "library":
        json.loads("{")
    if how == "no handler":
        try:
            [][1]
        except KeyError:
            return x
    if how == "again":
        try:
            [][2]
        except IndexError:
            raise
    if how == "again elsewhere":
        with Manager([]):
            try:
                {}[1]
            except (KeyError, ValueError):
                again()
    if how == "with":
        with Manager([]):
            {}[2]
    if how == "by name":
        try:
            try:
                1 / 0  # noqa: B018
            except KeyError:
                return x
        except ZeroDivisionError as error:
            raise error
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as error:
        kept = error
    raise kept


@pytest.mark.parametrize(
    "how",
    "no handler, again, again elsewhere, with, by name, kept, operator, library, lambda, "
    "generator, yield from".split(", "),
)
def test_the_traceback_is_that_of_plain_python(how):
    def lines(function):
        with pytest.raises(
            (LookupError, ArithmeticError, AttributeError, ValueError, TypeError)
        ) as raised:
            function(X, how)
        found = traceback.extract_tb(raised.value.__traceback__)
        names = [one.name for one in found]
        return [(one.name, one.lineno) for one in found[names.index("passes_on") :]]

    assert lines(jit(passes_on)) == lines(passes_on)


def fails():
    try:
        [][1]
    except IndexError as error:
        return repr(error.__context__)


def contexts(x, log):
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError as outer:
        log.append(fails())
        try:
            raise KeyError(2)
        except KeyError as inner:
            log.append(inner.__context__ is outer)
            try:
                raise outer
            except ZeroDivisionError:
                log.append((outer.__context__ is inner, inner.__context__))
    log.append(fails())
    try:
        try:
            {}["a"]
        finally:
            log.append(fails())
    except KeyError:
        log.append("caught")
    with Manager(log, swallow=True), Manager(log, swallow=True):
        raise ValueError(fails())
    return x, log


def waiting_contexts(log):
    try:
        {}["a"]
    except KeyError:
        yield fails()
        log.append(fails())
        try:
            yield 1
        finally:
            log.append(fails())


def contexts_of_generators(x, log):
    log.append(list(waiting_contexts(log)))
    return x, log


@pytest.mark.parametrize("function", [contexts, contexts_of_generators])
def test_the_context_is_what_was_handled_then(function):
    def f(x):
        return function(x, [])

    assert repr(jit(f)(X)[1]) == repr(f(X)[1])


ELSEWHERE = """\
def check_positive(v):
    if v.sum() < 0:
        raise ValueError("negative")
    return v * 2
"""


def raising_after_printing(check):
    def f(x):
        print("x", x)
        return check(x)

    return f


def raising_in_a_gradient(check):
    return lambda x: mindspore.grad(check)(x)


@pytest.mark.parametrize("make", [raising_after_printing, raising_in_a_gradient])
@pytest.mark.parametrize("fullgraph", [True, False])
def test_what_is_raised_in_another_file_says_where(make, fullgraph, tmp_path):
    """A compiled function has lines of its own file only."""
    there = tmp_path / "positive.py"
    there.write_text(ELSEWHERE)
    space = {}
    exec(compile(ELSEWHERE, str(there), "exec"), space)
    compiled = jit(make(space["check_positive"]), fullgraph=fullgraph)
    compiled(Tensor([1.0]))
    with pytest.raises(ValueError, match="negative") as caught:
        compiled(Tensor([-1.0]))
    last = caught.traceback[-1]
    assert (str(last.path), last.lineno + 1, last.name) == (str(there), 3, "check_positive")
