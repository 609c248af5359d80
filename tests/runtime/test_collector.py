"""The garbage collector is off while a function is compiled, and as it was afterwards."""

import gc
import weakref

import pytest

from foldaway import CompileError, Tensor, jit
from foldaway.runtime.collector import loading, no_collection


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


def test_what_is_loaded_is_old_and_is_collected_all_the_same():
    class Node:
        pass

    gone = []
    with loading():
        node = Node()
        node.node = node
        weakref.finalize(node, gone.append, 1)
        young = len(gc.get_objects(0))
        del node
    assert gc.isenabled()
    assert young > len(gc.get_objects(0))
    assert not gc.get_freeze_count()
    gc.collect()
    assert gone == [1]


def test_what_a_program_has_frozen_stays_so():
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with loading():
            pass
        assert gc.get_freeze_count() >= frozen - 10
    finally:
        gc.unfreeze()


def test_an_error_while_compiling_switches_it_on_again():
    def refused(x):
        return f"{x}"

    with pytest.raises(CompileError):
        jit(refused)(Tensor([1.0]))
    assert gc.isenabled()


def test_compiled_functions_are_freed():
    def make():
        @jit
        def f(x):
            return x * 2, [x]

        f(Tensor([1.0]))
        return weakref.ref(f), weakref.ref(f.function)

    references = make()
    gc.collect()
    assert [reference() for reference in references] == [None, None]
