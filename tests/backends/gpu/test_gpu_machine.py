"""The GPU as a machine: which device is chosen, and kernels on the simulated one."""

import subprocess
import sys

import numpy as np
import pytest
from xdsl.context import Context
from xdsl.dialects import arith, func, memref, scf
from xdsl.dialects.builtin import Builtin
from xdsl.parser import Parser

from foldaway import CompileError, Tensor
from foldaway.backends.gpu import cuda, machine
from foldaway.backends.gpu.cuda_library import GpuError, NoGpu
from foldaway.dialects.dtypes import TensorSpec, float32
from foldaway.dialects.simt import Simt
from foldaway.drivers import driver_of
from foldaway.runtime.driver import Signature
from foldaway.runtime.segment import Segment

TWICE = """
simt.kernel @double(%x: memref<400xf32>, %y: memref<400xf32>) block = [128, 1, 1] grid = [4, 1, 1] {
  %b = simt.block_id x
  %t = simt.thread_id x
  %threads = arith.constant 128 : i32
  %n = arith.constant 400 : i32
  %first = arith.muli %b, %threads : i32
  %i = arith.addi %first, %t : i32
  %inside = arith.cmpi slt, %i, %n : i32
  scf.if %inside {
    %v = simt.load %x[%i] : memref<400xf32>, i32 -> f32
    %w = arith.addf %v, %v : f32
    simt.store %y[%i], %w : memref<400xf32>, i32, f32
  }
  simt.return
}
func.func @f(%x: memref<400xf32>, %y: memref<400xf32>) {
  %t = memref.alloc() : memref<400xf32>
  simt.launch @double(%x, %t) : memref<400xf32>, memref<400xf32>
  simt.launch @double(%t, %y) : memref<400xf32>, memref<400xf32>
  memref.dealloc %t : memref<400xf32>
  func.return
}
"""
SPEC = TensorSpec((400,), float32)


@pytest.fixture
def simulated(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_GPU", "sim")
    return driver_of("GPU")


def parse(text):
    context = Context()
    for dialect in (Builtin, arith.Arith, func.Func, memref.MemRef, scf.Scf, Simt):
        context.load_dialect(dialect)
    module = Parser(context, text).parse_module()
    module.verify()
    return module


def test_kernels_run_on_the_simulated_device(simulated):
    executable = simulated.compile(parse(TWICE), "f", Signature((SPEC,), (SPEC,)))
    x = np.arange(400, dtype=np.float32)
    assert (executable([x])[0] == 4 * x).all()
    segment = Segment(executable, 1)
    assert (segment(segment(Tensor(x))).asnumpy() == 16 * x).all()


def test_a_kernel_that_writes_elsewhere_is_an_exception(simulated):
    wrong = TWICE.replace("arith.constant 400 : i32", "arith.constant 500 : i32")
    executable = simulated.compile(parse(wrong), "f", Signature((SPEC,), (SPEC,)))
    with pytest.raises(RuntimeError, match=r"outside of its memory|read at|write at"):
        executable([np.ones(400, np.float32)])
    right = simulated.compile(parse(TWICE), "f", Signature((SPEC,), (SPEC,)))
    assert (right([np.ones(400, np.float32)])[0] == 4).all()


def test_one_driver_for_one_device(simulated):
    assert driver_of("GPU") is simulated


def test_without_a_device_the_error_says_what_to_do(monkeypatch):
    def none(number):
        raise NoGpu("there is no driver of NVIDIA on this machine (libcuda.so.1)")

    monkeypatch.setattr(cuda, "cuda_device", none)
    monkeypatch.delenv("FOLDAWAY_GPU", raising=False)
    machine._driver_of.cache_clear()
    with pytest.raises(CompileError, match=r"(?s)no GPU for device_target 'GPU'.*FOLDAWAY_GPU=sim"):
        driver_of("GPU")


def test_a_driver_that_fails_at_its_start_is_a_compile_error(monkeypatch):
    def broken(number):
        raise GpuError("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", 803)

    monkeypatch.setattr(cuda, "cuda_device", broken)
    monkeypatch.delenv("FOLDAWAY_GPU", raising=False)
    machine._driver_of.cache_clear()
    with pytest.raises(CompileError, match=r"(?s)can't be used.*DRIVER_MISMATCH"):
        driver_of("GPU")


def test_a_device_that_is_no_number(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_GPU", "best")
    with pytest.raises(CompileError, match="FOLDAWAY_GPU is 'best'"):
        driver_of("GPU")


def test_the_log_says_that_it_is_simulated():
    program = "from foldaway.drivers import driver_of\ndriver_of('GPU')\n" * 2
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"FOLDAWAY_GPU": "sim", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.count("the GPU is simulated") == 1
