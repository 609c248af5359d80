"""Exceptions that run-time data decide on: raised, caught, passed on, and told as Python tells."""

import traceback

import pytest

from foldaway import Tensor, jit

from .control_agreement import Programs, agree

PROGRAMS = Programs()


class Box:
    def __init__(self):
        self.log = []
        self.n = 0


class Wrong(Exception):
    """An exception with an argument of its own."""

    def __init__(self, code, text="wrong"):
        super().__init__(code, text)
        self.code = code


class Swallow:
    def __init__(self, kind, log):
        self.kind = kind
        self.log = log

    def __enter__(self):
        self.log.append("enter")
        return self

    def __exit__(self, kind, error, trace):
        self.log.append("exit" if kind is None else kind.__name__)
        return kind is not None and issubclass(kind, self.kind)


# Raised out of the function.


@PROGRAMS.add()
def raises(x):
    if x[0] > 0:
        raise ValueError("positive")
    return x * 2


@PROGRAMS.add()
def raises_on_both_sides(x):
    if x[0] > 0:
        raise ValueError("positive", 1)
    else:
        raise KeyError("negative")


@PROGRAMS.add()
def raises_a_class(x):
    if x[0] > 0:
        raise StopIteration
    return 1


@PROGRAMS.add()
def raises_one_of_many(x):
    if x[0] > 50:
        raise Wrong(3)
    if x[0] > 0.5:
        raise Wrong(4, text="other")
    if x[1] > 0:
        raise RuntimeError(None, ("a", 1))
    if x[0] < 0:
        raise ArithmeticError
    return x


@PROGRAMS.add()
def asserts(x):
    assert x[0] < 50, "too large"
    assert x[0] >= 0
    return x


@PROGRAMS.add()
def asserts_with_a_computed_text(x):
    assert x[0] < 50, "too large: " + "n" * 3
    return x


@PROGRAMS.add()
def raises_from(x):
    if x[0] > 0:
        raise ValueError("effect") from KeyError("cause")
    if x[0] < 0:
        raise ValueError("effect") from None
    return x


@PROGRAMS.add()
def raises_in_a_callee(x):
    def check(y):
        if y < 0:
            raise ValueError("negative")
        return y

    return check(x[0]) + check(x[2])


@PROGRAMS.add()
def what_python_raises_by_itself(x):
    n = int(x[0])
    return 10 // n


@PROGRAMS.add()
def raises_in_an_unbound_variable(x):
    if x[0] > 0:
        y = x
    else:
        del x
        y = x
    return y


# What was done before is done, and what comes after isn't.


@PROGRAMS.add(Box)
def effects_before_a_raise(x, w):
    w.log.append(1)
    if x[0] > 0:
        w.n = 5
        raise ValueError("positive")
    w.log.append(2)
    return w.n


@PROGRAMS.add(Box)
def effects_in_deeper_branches_before_a_raise(x, w):
    if x[0] > 0:
        w.log.append(x)
        if x[0] > 50:
            w.n = 1
            raise Wrong(w.n)
        w.n = 2
    w.log.append(w.n)


@PROGRAMS.add()
def prints_before_a_raise(x):
    print("one", x)
    if x[0] > 0:
        print("two")
        raise KeyError("k")
    print("three")
    return x


@PROGRAMS.add()
def writes_before_a_raise(x):
    x[1] = 9
    if x[0] > 0:
        x[2] = 8
        raise RuntimeError("written")
    x[0] = 7
    return x


# Caught.


@PROGRAMS.add()
def caught(x):
    try:
        if x[0] > 0:
            raise ValueError("a")
        y = x + 1
    except ValueError as e:
        return x, e.args
    return y


@PROGRAMS.add()
def caught_with_else_and_finally(x):
    steps = []
    try:
        steps.append("try")
        if x[0] > 0:
            raise ValueError("a")
    except ValueError:
        steps.append("except")
    else:
        steps.append("else")
    finally:
        steps.append("finally")
    return steps


@PROGRAMS.add()
def caught_by_the_right_handler(x):
    try:
        if x[0] > 50:
            raise KeyError("k")
        if x[0] > 0:
            raise ZeroDivisionError("z")
        if x[1] > 0:
            raise Wrong(7)
    except (KeyError, IndexError):
        return "lookup"
    except ArithmeticError as e:
        return str(e)
    except Exception as e:
        return type(e).__name__, e.code
    return "none"


@PROGRAMS.add()
def not_caught(x):
    try:
        if x[0] > 0:
            raise ValueError("a")
    except KeyError:
        return 1
    return 2


@PROGRAMS.add()
def caught_in_the_caller(x):
    def half(y):
        if y[0] > 50:
            raise ZeroDivisionError("zero!")
        return y / 2

    try:
        r = half(x)
    except ZeroDivisionError as e:
        return str(e)
    return r


@PROGRAMS.add()
def caught_two_calls_away(x):
    def inner(y):
        if y < 0:
            raise Wrong(1)
        return y

    def outer(y):
        try:
            return inner(y) + 1
        finally:
            print("left")

    try:
        return outer(x[0])
    except Wrong as e:
        return e.code


@PROGRAMS.add()
def raised_again(x):
    try:
        if x[0] > 0:
            raise ValueError("a")
    except ValueError:
        if x[0] > 50:
            raise
        return "kept"
    return x


@PROGRAMS.add()
def another_one_in_the_handler(x):
    try:
        if x[0] > 0:
            raise ValueError("a")
    except ValueError as e:
        raise KeyError("b") from e
    return x


@PROGRAMS.add()
def another_one_in_the_handler_has_a_context(x):
    try:
        if x[0] > 0:
            raise ValueError("a")
    except ValueError:
        raise KeyError("b")  # noqa: B904
    return x


@PROGRAMS.add()
def finally_alone(x):
    try:
        if x[0] > 0:
            raise ValueError("a")
        if x[1] > 1:
            return "returned"
        y = x
    finally:
        print("finally")
    return y


@PROGRAMS.add()
def finally_that_returns(x):
    try:
        if x[0] > 0:
            raise ValueError("a")
    finally:
        return x  # noqa: B012


@PROGRAMS.add()
def finally_merges(x):
    try:
        if x[0] > 0:
            raise ValueError("a")
        y = x + 1
    except ValueError:
        y = x - 1
    finally:
        y = y * 2
    return y


@PROGRAMS.add()
def try_in_try(x):
    log = []
    try:
        try:
            if x[0] > 50:
                raise KeyError("inner")
            if x[0] > 0:
                raise ValueError("outer")
        except KeyError:
            log.append("inner")
        else:
            log.append("else")
        finally:
            log.append("finally")
    except ValueError:
        log.append("outer")
    return log


@PROGRAMS.add()
def try_in_a_branch(x):
    if x[0] > 0:
        try:
            assert x[1] < 50
            y = x
        except AssertionError:
            y = -x
    else:
        y = x * 3
    return y


@PROGRAMS.add()
def raise_in_a_loop(x):
    for i in range(3):
        try:
            if x[i] < 0:
                raise ValueError(i)
        except ValueError as e:
            return e.args[0]
    return x


@PROGRAMS.add()
def a_handler_that_goes_on(x):
    bad = 0
    for i in range(3):
        try:
            if x[i] < 0:
                raise ValueError(i)
        except ValueError:
            bad += 1
            continue
        x = x + 1
    return bad, x


# Contexts.


@PROGRAMS.add()
def with_around(x):
    log = []
    with Swallow(ValueError, log):
        if x[0] > 0:
            raise ValueError("a")
        log.append("end")
    return log


@PROGRAMS.add()
def with_that_does_not_swallow(x):
    log = []
    try:
        with Swallow(KeyError, log):
            if x[0] > 0:
                raise ValueError("a")
    except ValueError:
        log.append("caught")
    return log


@PROGRAMS.add()
def with_and_return(x):
    log = []
    with Swallow(ValueError, log):
        if x[0] > 0:
            return log
        if x[1] > 1:
            raise ValueError
    return log, x


@PROGRAMS.add()
def except_star(x):
    try:
        if x[0] > 0:
            raise ExceptionGroup("both", [ValueError(1), KeyError(2)])
        y = x
    except* ValueError:
        y = x + 1
    except* KeyError:
        y = x + 2
    return y


@PROGRAMS.test
def test_programs(function, calls, fullgraph):
    agree(function, calls, fullgraph)


def fails_inside(x):
    def check(y):
        if y > 0:
            raise ValueError("inside")
        return y

    return check(x[0])


def test_a_traceback_ends_at_the_user_s_line():
    with pytest.raises(ValueError, match="inside") as caught:
        jit(fails_inside)(Tensor([1.0]))
    last = traceback.extract_tb(caught.value.__traceback__)[-1]
    assert last.filename == __file__
    assert last.line == 'raise ValueError("inside")'


def test_each_call_raises_an_exception_of_its_own():
    compiled = jit(raises)
    found = []
    for _ in range(2):
        with pytest.raises(ValueError, match="positive") as caught:
            compiled(Tensor([1.0, 2.0, 3.0]))
        found.append(caught.value)
    assert found[0] is not found[1]
    assert found[0].__context__ is None


def tells_the_data(x):
    if x[0] > 0:
        raise ValueError(x)
    return x


@pytest.mark.parametrize("fullgraph", [True, False])
def test_an_exception_holds_the_very_tensor(fullgraph):
    compiled, x, y = jit(tells_the_data, fullgraph=fullgraph), Tensor([1.0]), Tensor([-1.0])
    with pytest.raises(ValueError, match="1") as caught:
        compiled(x)
    assert caught.value.args[0] is x
    assert compiled(y) is y
    assert compiled.lazy_runs == 0
