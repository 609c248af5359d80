# ruff: noqa
"""Exceptions, context managers. `inputs`, `note` and `Traced` are given by the test."""


class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    def __enter__(self):
        note(("enter", self.name))
        return self.name, 1

    def __exit__(self, kind, value, trace):
        note(("exit", self.name, kind and kind.__name__, str(value)))
        return self.swallow


class Custom(Exception):
    def __init__(self, a, b=None):
        super().__init__(f"custom {a}")
        self.b = b


@inputs((1,), (0,), ("x",))
def catches(a):
    try:
        return 1 / a
    except ZeroDivisionError:
        return "zero"


@inputs((0,), (1,), (2,), (3,))
def handlers(a):
    try:
        if a == 0:
            raise ValueError("v")
        if a == 1:
            raise KeyError("k")
        if a == 2:
            [][a]
        note("no error")
    except ValueError as e:
        note(str(e))
    except (KeyError, IndexError) as e:
        note(repr(e))
    else:
        note("else")
    finally:
        note("finally")
    return "e" in locals()


@inputs((0,), (1,))
def bare_except(a):
    try:
        1 / a
    except:
        return "any"
    return "none"


@inputs((0,), (1,))
def finally_returns(a):
    try:
        return note(1 / a)
    finally:
        note("finally")


@inputs((0,))
def finally_wins(a):
    try:
        return 1 / a
    finally:
        return "finally"


@inputs((3,))
def finally_in_loop(n):
    for i in range(n):
        try:
            if i == 0:
                continue
            if i == 2:
                break
            note(i)
        finally:
            note(("finally", i))
    return i


@inputs((0,), (1,))
def nested_try(a):
    try:
        try:
            1 / a
        except ZeroDivisionError as inner:
            raise ValueError("outer") from inner
        finally:
            note("inner finally")
    except ValueError as outer:
        return str(outer), type(outer.__cause__).__name__, outer.__suppress_context__
    return "fine"


@inputs((0,))
def implicit_context(a):
    try:
        try:
            1 / a
        except ZeroDivisionError:
            raise KeyError("second")
    except KeyError as error:
        return repr(error.__context__), error.__cause__


@inputs((0,))
def from_none(a):
    try:
        1 / a
    except ZeroDivisionError:
        raise ValueError("clean") from None


@inputs((0,), (1,))
def reraise(a):
    try:
        1 / a
    except ZeroDivisionError:
        note("seen")
        raise
    return a


@inputs(())
def reraise_nothing():
    raise


@inputs((1,))
def raise_class(a):
    raise ValueError


@inputs((1,))
def raise_custom(a):
    try:
        raise Custom(note(a), b=note(2))
    except Custom as error:
        return error.b, error.args


@inputs((1,), ("text",))
def raise_wrong(a):
    raise a


@inputs((1,))
def raise_order(a):
    raise note(ValueError("x")) from note(KeyError("y"))


@inputs(())
def name_is_deleted():
    try:
        raise ValueError("v")
    except ValueError as error:
        kept = error
    try:
        return error
    except UnboundLocalError as gone:
        return str(gone), str(kept)


@inputs(("ValueError",), ("KeyError",), ("nothing",))
def handler_type_is_evaluated(name):
    kinds = {"ValueError": ValueError, "KeyError": KeyError}
    try:
        raise KeyError("k")
    except note(kinds.get(name)) as error:
        return repr(error)
    except note(LookupError):
        return "lookup"


@inputs((True,), (False,))
def try_else_raises(a):
    try:
        note("body")
    except ValueError:
        return "not caught here"
    else:
        if a:
            raise ValueError("from else")
    finally:
        note("finally")
    return "fine"


@inputs((0,), (1,), (2,))
def groups(a):
    try:
        if a:
            raise ExceptionGroup("g", [ValueError("v"), KeyError("k")][:a])
        raise TypeError("t")
    except* ValueError as found:
        note([repr(e) for e in found.exceptions])
    except* (KeyError, TypeError) as found:
        note([repr(e) for e in found.exceptions])
    else:
        note("else")
    finally:
        note("finally")
    return a


@inputs((0,), (1,))
def with_as(a):
    with Manager("m") as (name, n):
        note(1 / a)
        return name, n


@inputs((0,), (1,))
def with_without_name(a):
    with Manager("m", swallow=True):
        note(1 / a)
    return "after"


@inputs((0,), (1,))
def with_two(a):
    with Manager("a") as x, Manager("b", swallow=True) as y:
        note((x, y))
        1 / a
    return x[0], y[0]


@inputs((Traced("o"),))
def with_targets(o):
    with Manager("m") as o.x, Manager("n") as o[note(0)], Manager("p") as [q, *r]:
        return q, r


@inputs((3,))
def with_in_loop(n):
    for i in range(n):
        with Manager(i):
            if i == 0:
                continue
            if i == 1:
                break
    return i


@inputs((5,))
def with_no_manager(a):
    with a:
        note("never")


@inputs((0,))
def with_and_try(a):
    try:
        with Manager("m"):
            1 / a
    except ZeroDivisionError as error:
        return str(error)


@inputs((3,), (0,))
def retry(n):
    for attempt in range(5):
        try:
            note(attempt)
            10 // (attempt - n if attempt < n else 1)
            if attempt < n:
                raise ValueError(attempt)
        except (ValueError, ZeroDivisionError):
            continue
        else:
            break
    return attempt


@inputs((0,), (1,))
def suppress(a):
    import contextlib

    with contextlib.suppress(ZeroDivisionError):
        return 1 / a
    return "suppressed"


@inputs((1,))
def generator_manager(a):
    from contextlib import contextmanager

    @contextmanager
    def manage(x):
        note("before")
        try:
            yield x + 1
        finally:
            note("after")

    with manage(a) as b:
        return b


@inputs((0,))
def exception_in_handler(a):
    try:
        1 / a
    except ZeroDivisionError as error:
        try:
            {}[error]
        except KeyError:
            note("inner")
        return type(error).__name__


@inputs((0,), (1,), (2,))
def return_in_each(a):
    try:
        if a == 0:
            return "body"
        raise ValueError if a == 1 else TypeError
    except ValueError:
        return "handler"
    finally:
        if a == 2:
            return "finally"


@inputs(())
def warns():
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("careful")
    return [str(w.message) for w in caught]
