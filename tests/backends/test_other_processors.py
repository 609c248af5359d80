"""What is written for processors that these tests don't run on is taken by LLVM's generators.

No worker of tests has these processors: their instructions are looked at, not run.
"""

import re

import llvmlite.binding as _llvm
import pytest

from foldaway.backends.cpu.emit_llvm import emit
from foldaway.backends.cpu.thread_pool import pool_text
from foldaway.backends.llvm_ir.instructions import Instructions
from foldaway.passes.fuse_rows import FuseRowsPass
from foldaway.passes.schedule_contractions import ScheduleContractionsPass
from foldaway.passes.schedule_epilogues import ScheduleEpiloguesPass
from foldaway.passes.schedule_stores import ScheduleStoresPass
from foldaway.passes.schedule_threads import ScheduleThreadsPass
from tests.passes.compiled_graph import PASSES, lower

MACHINES = {
    "neon": ("aarch64-unknown-linux-gnu", "neoverse-n1", 16, 32, r"v\d+\.4s"),
    "avx512": ("x86_64-unknown-linux-gnu", "znver4", 64, 32, r"zmm\d"),
    "avx2": ("x86_64-unknown-linux-gnu", "haswell", 32, 16, r"ymm\d"),
    "plain": ("x86_64-unknown-linux-gnu", "x86-64", 16, 16, r"xmm\d"),
}
PROGRAMS = {
    "elementwise": """func.func @f(%x: tensor<300x77xTYPE>) -> tensor<300x77xTYPE> {
      %e = graph.exp %x : tensor<300x77xTYPE>
      %t = graph.tanh %e : tensor<300x77xTYPE>
      %y = graph.add %t, %x : tensor<300x77xTYPE>
      func.return %y : tensor<300x77xTYPE>
    }""",
    "rows": """func.func @f(%x: tensor<300x64xTYPE>) -> tensor<300x64xTYPE> {
      %s = graph.reduce "sum" %x, axes = [1] : tensor<300x64xTYPE> -> tensor<300xTYPE>
      %b = graph.broadcast %s, dimensions = [0] : tensor<300xTYPE> -> tensor<300x64xTYPE>
      %y = graph.div %x, %b : tensor<300x64xTYPE>
      func.return %y : tensor<300x64xTYPE>
    }""",
    "product": """func.func @f(%x: tensor<100x90xTYPE>, %y: tensor<90x70xTYPE>)
        -> tensor<100x70xTYPE> {
      %p = graph.dot_general %x, %y, batch = [] x [], contract = [1] x [0]
          : tensor<100x90xTYPE>, tensor<90x70xTYPE> -> tensor<100x70xTYPE>
      %r = graph.tanh %p : tensor<100x70xTYPE>
      func.return %r : tensor<100x70xTYPE>
    }""",
}


def assembly(text, machine):
    """Return LLVM's assembly of a module for a machine."""
    triple, cpu, *_ = machine
    _llvm.initialize_all_targets()
    _llvm.initialize_all_asmprinters()
    target = _llvm.Target.from_triple(triple).create_target_machine(cpu=cpu, opt=2, reloc="pic")
    module = _llvm.parse_assembly(text)
    module.triple = triple
    module.verify()
    options = _llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = True
    builder = _llvm.create_pass_builder(target, options)
    builder.getModulePassManager().run(module, builder)
    return target.emit_assembly(module)


@pytest.mark.parametrize("type", ["f32", "f64", "f16", "bf16"])
@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", MACHINES)
def test_kernels(name, program, type):
    machine = MACHINES[name]
    *_, vector_bytes, registers, vectors = machine
    passes = (
        *(*PASSES, ScheduleEpiloguesPass(least_bytes=0), FuseRowsPass(least_bytes=0)),
        ScheduleContractionsPass(vector_bytes, registers, 1 << 15, 1 << 19),
        *(ScheduleStoresPass(past_bytes=0), ScheduleThreadsPass(least=1000, part=100)),
    )
    module = lower(PROGRAMS[program].replace("TYPE", type), passes)
    instructions = Instructions(half=name.startswith("avx"), fma=name != "plain")
    emitted = emit(module, instructions, 64)
    found = assembly(emitted.text, machine)
    if type == "f32":
        assert re.search(vectors, found)
    if program == "product" and name != "plain":
        assert "fmla" in found or "vfmadd" in found


@pytest.mark.parametrize(
    ("processor", "name"), [("aarch64", "neon"), ("x86_64", "plain"), ("x86_64", "avx512")]
)
def test_the_pool_of_threads(monkeypatch, processor, name):
    monkeypatch.setattr("platform.machine", lambda: processor)
    monkeypatch.setattr("sys.platform", "linux")
    assert "syscall" in assembly(pool_text(), MACHINES[name])
