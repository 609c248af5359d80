"""A fold in LAX has no effect: what might be noticed makes the function run in Python."""

import decimal
import functools
import heapq
import logging
import re
import signal
import sys
import threading
import time
import warnings
import weakref
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Tensor, nn
from foldaway.folding.lax import without_effects
from foldaway.folding.options import Options
from foldaway.folding.session import Folding

from .lax_programs import X, lax

pytestmark = pytest.mark.usefixtures("default_settings")


class Box:
    """An object with methods that C code calls."""

    def __init__(self, log):
        self.log = log

    def __eq__(self, other):
        self.log.append("eq")
        return True

    def __hash__(self):
        self.log.append("hash")
        return 1

    def __str__(self):
        self.log.append("str")
        return "box"

    def __len__(self):
        self.log.append("len")
        return 3

    def __iter__(self):
        self.log.append("iter")
        return iter((1, 2))

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self.log.append(name)
        return 5

    def __format__(self, form):
        self.log.append("format")
        return "box"

    def __index__(self):
        self.log.append("index")
        return 2

    def __add__(self, other):
        self.log.append("add")
        return 1

    def __call__(self, x):
        self.log.append("call")
        return x + 1

    def __lt__(self, other):
        self.log.append("lt")
        return False


class Logs(list):
    """A list of the user's."""


LOG: list[object] = []
LOGS = Logs()
BOX = Box(LOG)
STATE = SimpleNamespace(n=0)


@functools.lru_cache
def kept(n):
    print("computed", n)
    return n


def noisy_sort(x):
    return x * len(sorted([BOX, BOX]))


def set_outside(x):
    object.__setattr__(STATE, "n", STATE.n + 1)
    return x + STATE.n


def append(x):
    LOGS.append(len(LOGS))
    return x + len(LOGS)


def warn(x):
    return x * float(np.log(np.float32(0.0)))


def mean_of_nothing(x):
    return x * float(np.mean(np.array([], np.float32)))


def caught_warning(x):
    try:
        return x + float(np.divide(np.float32(1), np.float32(0)))
    except FloatingPointError:
        return x


def consume(x):
    return x + sum(ITERATOR)


ITERATOR = iter((1, 2, 3))

EFFECTS = {
    "eq": lambda x: x if BOX == 3 else x + 1,
    "contains": lambda x: x if 3 in [BOX] else x + 1,
    "str": lambda x: x * len(str(BOX)),
    "format": lambda x: x * len(f"{BOX}"),
    "len": lambda x: x * len(BOX),
    "iter": lambda x: x * sum(BOX),
    "attribute": lambda x: x * BOX.missing,
    "index": lambda x: x[BOX],
    "add": lambda x: x * (BOX + 1),
    "hash": lambda x: x * len({BOX: 1}),
    "call": lambda x: BOX(x) * 2,
    "sort": noisy_sort,
    "setattr": set_outside,
    "append": append,
    "print": lambda x: print("x is", x.shape, "and", 3),
    "cached": lambda x: x * kept(3),
    "log": lambda x: logging.getLogger("mine").warning("hello") or x,
    "warning": warn,
    "empty": mean_of_nothing,
    "caught": caught_warning,
    "thread": lambda x: x + threading.get_ident() * 0,
    "locals": lambda x: x + len(locals()),
    "seed": lambda x: foldaway.set_seed(3) or x,
}


def observe(function, capsys, caplog):
    """Return what a call gives, and all that can be noticed of it."""
    LOG.clear()
    LOGS.clear()
    STATE.n = 0
    kept.cache_clear()
    caplog.clear()
    capsys.readouterr()
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        results = []
        for _ in range(3):
            result = function(Tensor(X))
            results.append(result.asnumpy().tolist() if result is not None else None)
    out = capsys.readouterr()
    messages = [(record.name, record.getMessage()) for record in caplog.records]
    told = [str(warning.message) for warning in seen]
    return results, list(LOG), list(LOGS), STATE.n, out.out, messages, told, kept.cache_info()


@pytest.mark.parametrize("name", EFFECTS)
def test_effects_are_those_of_plain_python(name, capsys, caplog):
    function = EFFECTS[name]
    plain = observe(function, capsys, caplog)
    compiled = lax(function)
    found = observe(compiled, capsys, caplog)
    if not compiled.lazy_runs:
        # A fold that is kept says which statements worked on objects.
        found = (*found[:5], plain[5], *found[6:])
    # As text, since nan is not equal to itself.
    assert repr(found) == repr(plain)


class Ending:
    def __init__(self):
        self.n = 2

    def __del__(self):
        LOG.append("end")


def set_item(x):
    list.__setitem__(LOGS, slice(0, 0), [3])
    return x * LOGS[0]


def push(x):
    heapq.heappush(LOGS, 4)
    return x * len(LOGS)


def ending(x):
    return x * Ending().n


REASONS = {
    "unknown": (lambda x: x * (zlib.crc32(b"a") % 7), "nobody knows what 'crc32' does"),
    "cached": (lambda x: x * kept(3), "'kept' keeps what it has computed"),
    "id": (lambda x: x * (id(LOGS) % 7), "'id' depends on where an object lies in memory"),
    "hash": (lambda x: x * (hash(STATE.__class__) % 7), "'hash' depends on where"),
    "decimal": (lambda x: x * decimal.getcontext().prec, "'getcontext' reaches the settings"),
    "setter": (set_item, "'__setitem__' may change 'LOGS'"),
    "heap": (push, "'heappush' may change 'LOGS'"),
    "text": (lambda x: x * len(repr(object())), "the text of an object says where it lies"),
    "end": (ending, "instances of 'Ending' do something when they end"),
    "python": (noisy_sort, "the interpreter would run 'Box.__lt__'"),
    "floats": (warn, "a floating-point error, of which NumPy warns: divide by zero"),
    "warning": (mean_of_nothing, r"a warning \(Mean of empty slice.*\) has an effect|NumPy warns:"),
    "seed": (lambda x: foldaway.set_seed(3) or x, r"set_seed\(\) has an effect"),
    "random": (lambda x: nn.Dense(3, 3)(x) * 0 + 1, "drawing random numbers has an effect"),
    "context": (lambda x: foldaway.set_context(device_id=0) or x, r"set_context\(\) has an"),
    "loop": (lambda x: x * len([n for n in range(3000)]), "loops run more than 2000 times"),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", REASONS)
def test_the_report_says_what_the_fold_met(name):
    function, reason = REASONS[name]
    LOGS.clear()
    kept.cache_clear()
    expected = function(Tensor(X)).asnumpy().tolist()
    LOGS.clear()
    f = lax(function)
    assert repr(f(Tensor(X)).asnumpy().tolist()) == repr(expected)
    found = "".join(line.reason for line in f.report().lines if line.status == "runs in Python")
    assert bool(found) == bool(f.lazy_runs)
    if reason is not None:
        assert re.search(reason, found), found


def test_a_fold_that_is_given_up_says_nothing(caplog, capfd):
    @lax
    def f(x):
        y = x + Tensor(np.array([1, 2, 3]))
        return y + float(y.sum().item() if BOX.log is LOG else 0)

    f(Tensor(X))
    f(Tensor(X))
    if f.lazy_runs:
        assert not caplog.records
    assert capfd.readouterr() == ("", "")


def test_an_iterator_is_consumed_once():
    f = lax(consume)
    assert f(Tensor(X)).asnumpy().tolist() == (X + 6).tolist()
    assert f(Tensor(X)).asnumpy().tolist() == X.tolist()


def test_the_user_s_exception():
    def fail(x, log):
        log.append(1)
        raise KeyError("mine")

    f, log = lax(fail), []
    for _ in range(3):
        with pytest.raises(KeyError, match="mine"):
            f(Tensor(X), log)
    assert log == [1, 1, 1]


def test_arguments_that_do_not_fit_raise_python_s_error():
    with pytest.raises(TypeError, match=r"f\(\) missing 1 required positional argument: 'y'"):
        lax(lambda_named_f())(Tensor(X))


def lambda_named_f():
    def f(x, y):
        return x + y

    return f


def test_functions_without_source():
    namespace = {}
    exec("def f(x):\n    return x.asnumpy().sum() + x * 2", namespace)
    f = lax(namespace["f"])
    assert f(Tensor(X)).asnumpy().tolist() == [8, 10, 12]
    assert f.report().ops_compiled > 0
    (line,) = [line for line in f.report().lines if line.status == "runs in Python"]
    assert "source" in line.reason
    with pytest.raises(CompileError):
        foldaway.jit(namespace["f"])(Tensor(X))


def test_generators():
    @lax
    def rows(x):
        for i in range(3):
            yield x[i] * 2

    assert [row.item() for row in rows(Tensor(X))] == [2, 4, 6]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers")
def test_a_signal_is_handled_while_folding():
    seen = []

    def handler(*_):
        note(seen)

    def note(log):
        log.append("signal")

    @lax
    def f(x):
        for n in [*range(1500)]:
            x = x + n % 2
        return x

    before = signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        assert f(Tensor(X)).asnumpy().tolist() == (X + 750).tolist()
        time.sleep(0.05)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert seen == ["signal"]


def test_a_finalizer_runs_while_folding():
    class Closing:
        def __del__(self):
            done(ended)

    def done(log):
        log.append("closed")

    ended = []
    holder = [Closing()]

    def drop():
        holder.clear()

    class Key:
        pass

    key = Key()
    weakref.finalize(key, drop)
    keys = [key]
    del key
    with without_effects(Folding(Options(lax=True))):
        keys.clear()
    assert ended == ["closed"]


@pytest.mark.parametrize("hook", ["settrace", "setprofile"])
def test_a_tracer_or_a_profiler_stays(hook):
    def watch(*_):
        return None

    install, current = getattr(sys, hook), getattr(sys, hook.replace("set", "get"))
    before = current()
    install(watch)
    try:
        assert lax(lambda x: x * 2)(Tensor(X)).asnumpy().tolist() == [2, 4, 6]
        assert lax(lambda x: x * len(str(BOX)))(Tensor(X)).asnumpy().tolist() == [3, 6, 9]
        assert current() is watch
    finally:
        install(before)


def test_with_a_tracer_and_a_profiler_all_runs_in_python():
    def watch(*_):
        return None

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(watch)
    sys.setprofile(watch)
    try:
        f = lax(lambda x: x * 2)
        assert f(Tensor(X)).asnumpy().tolist() == [2, 4, 6]
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    assert f.lazy_runs == 1
    (line,) = [line for line in f.report().lines if line.status == "runs in Python"]
    assert "no hook" in line.reason


@pytest.mark.parametrize("name", ["seed", "random", "context"])
def test_the_framework_s_own_state_is_not_touched_by_a_fold(name):
    function, reason = REASONS[name]
    with pytest.raises(CompileError, match=reason):
        foldaway.jit(function)(Tensor(X))


def test_arrays_are_compiled_where_numpy_would_warn():
    f = lax(lambda x, a: x + Tensor((a * 2).astype(np.float32)))
    assert f(Tensor(X), np.array([1.0, 2.0, 3.0])).asnumpy().tolist() == [3, 6, 9]
    assert not f.lazy_runs


def test_floating_point_errors_are_reported_as_the_program_says():
    told = []
    f = lax(lambda x: x * float(np.float32(1) / np.float32(0)))
    with np.errstate(divide="call", call=lambda kind, flag: told.append(kind)):
        for _ in range(2):
            f(Tensor(X))
    assert told == ["divide by zero"] * 2
    (line,) = [line for line in f.report().lines if line.status == "runs in Python"]
    assert line.reason == "floating-point errors are reported by NumPy in a way of their own"
