"""The garbage collector is off while a function is compiled, and as it was afterwards."""

import gc

import pytest

from foldaway import CompileError, Tensor, jit
from foldaway.runtime.collector import no_collection


def test_it_is_off_inside_and_on_again_after_the_last():
    assert gc.isenabled()
    with no_collection():
        with no_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_stays_off_where_the_user_switched_it_off():
    gc.disable()
    try:
        with no_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_an_error_while_compiling_switches_it_on_again():
    def refused(x):
        return f"{x}"

    with pytest.raises(CompileError):
        jit(refused)(Tensor([1.0]))
    assert gc.isenabled()


def test_compiled_functions_are_freed():
    import weakref

    def make():
        @jit
        def f(x):
            return x * 2, [x]

        f(Tensor([1.0]))
        return weakref.ref(f), weakref.ref(f.function)

    references = make()
    gc.collect()
    assert [reference() for reference in references] == [None, None]
