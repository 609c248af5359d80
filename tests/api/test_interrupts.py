"""What interrupts compiling leaves everything as it was: Ctrl-C, handlers of signals, errors."""

import gc
import signal
import sys
import threading
import time
import warnings

import llvmlite.binding as llvm
import numpy as np
import pytest

from foldaway import CompileError, Tensor, jit
from foldaway.runtime.collector import no_collection
from foldaway.runtime.interrupts import is_interrupt
from foldaway.runtime.recording import current_recorder
from foldaway.runtime.tracing import current_tracer

X = np.array([1.0, 2.0, 3.0], np.float32)
MODES = {"strict": True, "lax": False}
BOX = {"items": [1, 2]}


def program(x):
    table = np.linspace(0, 1, 3).astype(np.float32)
    with np.errstate(all="ignore"):
        y = x * Tensor(table)
    try:
        first = sorted([3, 1], key=lambda v: -v)[0]
    except KeyboardInterrupt:
        # Nothing here raises one, so that none may be seen here.
        first = 100
    finally:
        y = y + 1

    def count():
        yield from range(3)

    return y * first + sum(count()) + len(BOX["items"])


def needs_python(x):
    return program(x) * int(time.time() > 0)


def state():
    return (
        *(current_tracer(), current_recorder()),
        *(sys.gettrace(), sys.getprofile(), gc.isenabled()),
        *(np.geterr(), np.geterrcall()),
    )


# What is freed at that moment ignores it, as Python says then.
lost = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Interrupting:
    """Presses Ctrl-C as the function that is the n-th to be called begins, from the outside."""

    def __init__(self, number):
        self.left = number

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.watch)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def watch(self, frame, event, argument):
        self.left -= 1
        if self.left == 0:
            # It arrives here, where no `raise` is.
            signal.raise_signal(signal.SIGINT)


def check_usable(f, function):
    assert f(Tensor(X)).asnumpy().tolist() == function(Tensor(X)).asnumpy().tolist()
    assert f(Tensor(X[:1].repeat(2).repeat(2)[:3])).shape == (3,)


@lost
@pytest.mark.parametrize(
    ("mode", "function"), [("strict", program), ("lax", program), ("lax", needs_python)]
)
def test_an_interrupt_at_any_moment(mode, function):
    before = state()
    # Once before: what is made once for each function is made by then.
    jit(function, fullgraph=MODES[mode])(Tensor(X))
    with Interrupting(0) as watched:
        jit(function, fullgraph=MODES[mode])(Tensor(X))
    calls, interrupted = -watched.left, 0
    assert calls > 1000
    for number in range(1, calls, calls // 30):
        f = jit(function, fullgraph=MODES[mode])
        x = Tensor(X)
        try:
            with Interrupting(number):
                f(x)
        except KeyboardInterrupt:
            interrupted += 1
        assert state() == before, number
        check_usable(f, function)
    # It is lost where it comes while something is freed.
    assert interrupted > 20


@lost
@pytest.mark.parametrize("mode", MODES)
def test_an_alarm_while_compiling(mode):
    class Late(Exception):
        pass

    def ring(number, frame):
        raise Late

    before, handler = state(), signal.signal(signal.SIGALRM, ring)
    late = 0
    try:
        for milliseconds in range(1, 40, 3):
            f = jit(program, fullgraph=MODES[mode])
            x = Tensor(X)
            try:
                signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)
                f(x)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except Late:
                late += 1
            assert state() == before
            check_usable(f, program)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert late


@pytest.mark.parametrize("mode", MODES)
def test_what_an_object_raises_is_the_program_s(mode):
    class Rude:
        def __init__(self):
            self.raises = True

        def __getattr__(self, name):
            if self.raises:
                raise KeyboardInterrupt(name)
            return 2

    rude = Rude()

    def catches(x):
        try:
            return x * rude.wanted
        except KeyboardInterrupt as error:
            return x + len(error.args[0])

    def passes(x):
        return x * rude.wanted

    before = state()
    for function in (catches, passes):
        rude.raises = True
        f = jit(function, fullgraph=MODES[mode])
        if function is catches:
            assert f(Tensor(X)).asnumpy().tolist() == [7, 8, 9]
        else:
            with pytest.raises(KeyboardInterrupt, match="wanted"):
                f(Tensor(X))
        assert state() == before
        rude.raises = False
        assert f(Tensor(X)).asnumpy().tolist() == [2, 4, 6]


def test_which_exceptions_are_interrupts():
    def caught(action):
        try:
            action()
        except BaseException as error:
            return error

    def raises():
        raise KeyboardInterrupt

    assert is_interrupt(caught(lambda: signal.raise_signal(signal.SIGINT)))
    assert not is_interrupt(caught(raises))
    assert not is_interrupt(caught(lambda: 1 // 0))


@pytest.mark.parametrize("mode", MODES)
def test_an_error_or_a_refusal_while_compiling(mode):
    def fails(x):
        with np.errstate(all="raise"):
            return x * int("none")

    def refused(x):
        with np.errstate(all="raise"):
            return x * x.asnumpy()[0] if x.sum() > 0 else x

    before, hook = state(), warnings._showwarnmsg
    f = jit(fails, fullgraph=MODES[mode])
    for _ in range(3):
        with pytest.raises(ValueError, match="invalid literal"):
            f(Tensor(X))
    g = jit(refused, fullgraph=MODES[mode])
    try:
        assert g(Tensor(X)).asnumpy().tolist() == [1, 2, 3]
    except CompileError:
        assert mode == "strict"
    assert state() == before
    assert warnings._showwarnmsg is hook
    check_usable(jit(program, fullgraph=MODES[mode]), program)


def test_the_collector_is_on_in_a_child_that_was_forked_while_it_was_off():
    from multiprocessing import get_context

    assert gc.isenabled()
    with no_collection():
        context = get_context("fork")
        ours, theirs = context.Pipe()
        child = context.Process(target=lambda: theirs.send(gc.isenabled()))
        child.start()
        assert ours.recv() is True
        child.join()
    assert gc.isenabled()


def test_an_interrupt_as_llvm_is_entered_leaves_it_to_other_threads():
    interrupts = [KeyboardInterrupt()]

    def interrupt():
        if interrupts:
            raise interrupts.pop()

    def leave():
        pass

    # They are called when llvmlite's lock is taken already, where an interrupt may come, too.
    llvm.ffi.register_lock_callback(interrupt, leave)
    try:
        with pytest.raises(KeyboardInterrupt):
            jit(lambda x: x * 1.25)(Tensor([1.0]))
    finally:
        llvm.ffi.unregister_lock_callback(interrupt, leave)
    found = []
    other = threading.Thread(
        target=lambda: found.append(jit(lambda x: x * 1.5)(Tensor([1.0]))), daemon=True
    )
    other.start()
    other.join(30)
    assert found
