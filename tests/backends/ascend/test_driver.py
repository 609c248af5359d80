"""The driver of Ascend: results are new arrays, refused kernels run on the CPU, and it says so."""

import logging
import threading

import numpy as np
import pytest
from xdsl.dialects.builtin import FileLineColLoc, IntAttr, StringAttr

from foldaway.backends.ascend import driver as driver_module
from foldaway.backends.ascend import known_faults, programs
from foldaway.backends.ascend.hivm_errors import OutOfBounds, UnknownFunction
from foldaway.backends.ascend.hivm_kernel import Kernel
from foldaway.backends.ascend.known_faults import KnownFault
from foldaway.backends.ascend.toolchain import KernelRefused, Toolchain
from foldaway.dialects import dtypes, graph
from foldaway.dialects.source import CompileError

from ..graph_program import GraphProgram
from ..other_machines import ascend_driver
from .needs_compiler import needs_compiler

F32 = dtypes.float32
X = np.linspace(-2, 2, 21, dtype=np.float32).reshape(3, 7)


@pytest.fixture
def simulated(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_ASCEND", "sim")


def program(build, *specs):
    """Return the executable for Ascend of a graph."""
    return GraphProgram(specs or [((3, 7), F32)], build, ascend_driver()).other


def doubled(to, x):
    return [to.binary("add", x, x)]


@needs_compiler
def test_without_a_device_and_the_variable_it_says_so(monkeypatch):
    monkeypatch.delenv("FOLDAWAY_ASCEND", raising=False)
    with pytest.raises(CompileError, match="there is no Ascend device"):
        driver_module._check_machine()


def test_without_the_compiler_it_says_so(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_ASCEND", "sim")
    monkeypatch.setattr(programs.util, "find_spec", lambda name: None)
    programs.installation.cache_clear()
    with pytest.raises(CompileError, match=r"pip install 'foldaway\[ascend\]'"):
        driver_module._check_machine()
    programs.installation.cache_clear()


def test_an_unknown_chip_is_refused():
    with pytest.raises(ValueError, match="there is no chip 'Ascend1'"):
        ascend_driver("Ascend1")


@needs_compiler
def test_the_log_says_once_that_it_is_a_simulator(simulated, caplog):
    driver_module._tell_of_simulator.cache_clear()
    with caplog.at_level(logging.WARNING, "foldaway.ascend"):
        driver_module._check_machine()
        driver_module._check_machine()
    assert [record.message for record in caplog.records] == [
        "kernels are compiled to HIVM by the vendor's compiler and run in a simulator"
    ]


@needs_compiler
def test_results_are_new_arrays(simulated):
    given = program(lambda to, x: [x, x, to.reshape(x, (21,))])([X])
    np.testing.assert_array_equal(given[0], X)
    np.testing.assert_array_equal(given[2], X.reshape(21))
    for one, array in enumerate(given):
        assert array.flags.c_contiguous
        assert not any(np.shares_memory(array, other) for other in [X, *given[:one]])


@needs_compiler
def test_inputs_may_lie_apart(simulated):
    run = program(doubled)
    apart = np.zeros((3, 14), np.float32)[:, ::2]
    apart[...] = X
    np.testing.assert_array_equal(run([apart])[0], X + X)
    np.testing.assert_array_equal(run([np.asfortranarray(X)])[0], X + X)


@needs_compiler
@pytest.mark.parametrize("inputs", [[], [X, X], [X[:2]], [X.astype(np.float64)]])
def test_other_inputs_are_type_errors(simulated, inputs):
    with pytest.raises(TypeError, match="compiled"):
        program(doubled)(inputs)


@needs_compiler
@pytest.mark.logs_errors
def test_a_refused_kernel_runs_on_the_cpu_with_a_notice(simulated, monkeypatch, caplog):
    def refuse(self, source, smaller=None):
        raise KernelRefused("it doesn't like it", ("user.py", 7, 3))

    monkeypatch.setattr(Toolchain, "compile", refuse)
    run = program(doubled)
    with caplog.at_level(logging.WARNING, "foldaway.ascend"):
        for _ in range(2):
            np.testing.assert_array_equal(run([X])[0], X + X)
    (record,) = caplog.records
    assert record.message.startswith("user.py:7:")
    assert (
        "runs on the CPU: the compiler for Ascend refuses it: it doesn't like it" in record.message
    )


@needs_compiler
@pytest.mark.logs_errors
def test_a_function_that_doesn_t_exist_is_a_refusal(simulated, monkeypatch, caplog):
    def missing(hivm, chip):
        raise KernelRefused("the libraries don't have it")

    monkeypatch.setattr(driver_module, "check_links", missing)
    with caplog.at_level(logging.WARNING, "foldaway.ascend"):
        np.testing.assert_array_equal(program(doubled)([X])[0], X + X)
    assert "the libraries don't have it" in caplog.text


def fails(self, inputs, outputs, blocks):
    raise OutOfBounds("outside")


@needs_compiler
@pytest.mark.logs_errors
def test_a_kernel_that_the_compiler_makes_wrong_runs_on_the_cpu(simulated, monkeypatch, caplog):
    monkeypatch.setattr(Kernel, "run", fails)
    run = program(doubled)
    with caplog.at_level(logging.WARNING, "foldaway.ascend"):
        for _ in range(2):
            np.testing.assert_array_equal(run([X])[0], X + X)
    (record,) = [one for one in caplog.records if "is wrong: outside" in one.message]
    assert record.levelno == logging.ERROR


@needs_compiler
def test_what_is_known_to_be_wrong_is_a_warning(simulated, monkeypatch, caplog):
    known = KnownFault("OutOfBounds", "outside", r"arith\.addf")
    monkeypatch.setattr(Kernel, "run", fails)
    monkeypatch.setattr(known_faults, "KNOWN", [known])
    with caplog.at_level(logging.WARNING, "foldaway.ascend"):
        np.testing.assert_array_equal(program(doubled)([X])[0], X + X)
    (record,) = [one for one in caplog.records if "is wrong: outside" in one.message]
    assert record.levelno == logging.WARNING


@needs_compiler
@pytest.mark.parametrize(("state", "level"), [("overflow", "WARNING"), ("crashed", "ERROR")])
@pytest.mark.logs_errors
def test_what_the_compiler_does_says_how_bad_it_is(simulated, monkeypatch, caplog, state, level):
    def refuse(self, source, smaller=None):
        raise KernelRefused("ub overflow", state=state)

    monkeypatch.setattr(Toolchain, "compile", refuse)
    with caplog.at_level(logging.WARNING, "foldaway.ascend"):
        program(doubled)([X])
    (record,) = [one for one in caplog.records if "refuses it" in one.message]
    assert record.levelname == level


@pytest.mark.parametrize("other", [{"state": "MissingSync"}, {"problem": "of"}, {"kernel": "mulf"}])
def test_a_fault_is_known_only_as_a_whole(monkeypatch, other):
    known = {"state": "OutOfBounds", "problem": "outside", "kernel": "addf"}
    monkeypatch.setattr(known_faults, "KNOWN", [KnownFault(**known)])
    assert known_faults.is_known("OutOfBounds", "it is outside", "arith.addf")
    monkeypatch.setattr(known_faults, "KNOWN", [KnownFault(**(known | other))])
    assert not known_faults.is_known("OutOfBounds", "it is outside", "arith.addf")


@needs_compiler
@pytest.mark.parametrize("dtype", [dtypes.int8, dtypes.uint8], ids=str)
def test_bytes_in_rows_are_reduced(simulated, caplog, dtype):
    """In tensor form the vendor's compiler puts rows 32 bytes apart into too small a buffer."""
    x = np.arange(2640).astype(dtype.name).reshape(1320, 2)
    run = program(lambda to, x: [to.reduce("min", x, (1,))], (x.shape, dtype))
    np.testing.assert_array_equal(run([x])[0], x.min(1))
    assert "runs on the CPU" not in caplog.text


@needs_compiler
def test_what_is_wrong_in_a_program_of_tiles_is_an_error(simulated, monkeypatch):
    monkeypatch.setattr(Kernel, "run", fails)
    square = program(lambda to, x, y: [to.matmul(x, y)], ((3, 7), F32), ((7, 5), F32))
    with pytest.raises(OutOfBounds):
        square([X, np.ones((7, 5), np.float32)])


@needs_compiler
def test_an_assertion_raises_at_its_line(simulated):
    def build(to, x, ok):
        properties = {"exception": StringAttr("ValueError"), "message": StringAttr("not ok")}
        place = FileLineColLoc(StringAttr("user.py"), IntAttr(3), IntAttr(1))
        check = graph.AssertOp.create(operands=[ok], properties=properties, location=place)
        to.emitter.block.add_op(check)
        return [to.binary("add", x, x)]

    run = program(build, ((3, 7), F32), ((), dtypes.bool_))
    np.testing.assert_array_equal(run([X, np.array(True)])[0], X + X)
    with pytest.raises(ValueError, match="not ok") as caught:
        run([X, np.array(False)])
    last = caught.traceback[-1]
    assert (str(last.path), last.lineno) == ("user.py", 2)


@needs_compiler
def test_threads_share_an_executable(simulated):
    run = program(doubled)
    results: dict[int, np.ndarray] = {}

    def call(n):
        results[n] = run([X * n])[0]

    threads = [threading.Thread(target=call, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in range(6):
        np.testing.assert_array_equal(results[n], X * n * 2)


@needs_compiler
@pytest.mark.logs_errors
def test_a_function_that_the_simulator_doesn_t_know_runs_on_the_cpu(simulated, monkeypatch, caplog):
    def unknown(driver, source, smaller):
        raise UnknownFunction("the simulator doesn't know what 'frobnicate' does")

    monkeypatch.setattr(driver_module.AscendDriver, "kernel", unknown)
    with caplog.at_level(logging.WARNING, "foldaway.ascend"):
        (result,) = program(doubled)([X])
    np.testing.assert_array_equal(result, X + X)
    assert "runs on the CPU: the simulator doesn't know what 'frobnicate' does" in caplog.text


@needs_compiler
def test_sums_of_columns_of_wide_integers_are_of_what_was_computed(simulated):
    """In one kernel the vendor's compiler would overwrite what it still reads."""

    def build(to, x):
        size = to.unary("abs", x)
        return [to.reduce("sum", size, (0,)), size]

    x = np.random.default_rng(1).integers(-8, 9, (70, 9))
    total, size = program(build, (x.shape, dtypes.int64))([x])
    np.testing.assert_array_equal(size, abs(x))
    np.testing.assert_array_equal(total, abs(x).sum(0))


@needs_compiler
def test_true_is_one_where_it_is_known(simulated):
    x = np.arange(9, dtype=np.float32).reshape(3, 3)

    def build(to, x):
        return [to.binary("mul", to.convert(to.full((3, 3), True, dtypes.bool_), F32), x)]

    np.testing.assert_array_equal(program(build, (x.shape, F32))([x])[0], x)


@needs_compiler
def test_a_copy_of_what_has_no_kernel(simulated):
    x = np.arange(9.0).reshape(1, 9)
    (same,) = program(lambda to, x: [to.reverse(x, (0,))], (x.shape, dtypes.float64))([x])
    np.testing.assert_array_equal(same, x)


@needs_compiler
def test_one_element_of_a_product_and_what_follows_it(simulated):
    def build(to, x, y):
        product = to.matmul(x, y)
        return [product, to.unary("exp", product)]

    x = np.linspace(-1, 1, 16, dtype=np.float32)
    row, column = x.reshape(1, 16), x.reshape(16, 1)
    one, power = program(build, (row.shape, F32), (column.shape, F32))([row, column])
    np.testing.assert_allclose(one, row @ column, 1e-5)
    np.testing.assert_allclose(power, np.exp(row @ column), 1e-5)
