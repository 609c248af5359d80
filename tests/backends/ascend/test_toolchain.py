"""The vendor's compiler can neither crash nor hang us, and what it says is at the user's line."""

import logging
import os
import time
from pathlib import Path

import pytest

from foldaway.backends.ascend import programs, toolchain
from foldaway.backends.ascend.chips import CHIPS, Chip, chip_named
from foldaway.backends.ascend.link_check import missing_functions
from foldaway.backends.ascend.programs import Installation, ToolchainMissing, run
from foldaway.backends.ascend.toolchain import KernelRefused, Source, Toolchain

from .needs_compiler import SIGNATURE, TOOLCHAIN, elementwise, needs_compiler

EXP = elementwise("math.exp", "3x5", "f32")
OVERFLOW = "ub overflow, requires 1886208 bits while 1572864 bits available!"
WRITES = 'for a in "$@"; do case $a in --save-temps=*) d="${a#*=}";; esac; done\n'


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Return a function that lets a script be the compiler, and a toolchain that runs it."""

    def install(script, seconds=20.0):
        program = tmp_path / "bin" / "bishengir-compile"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\necho run >> {tmp_path}/runs\n{script}\n")
        program.chmod(0o755)
        # Another version, so that no attempt is one of another test.
        monkeypatch.setattr(
            toolchain, "installation", lambda: Installation(tmp_path, str(tmp_path))
        )
        return Toolchain(Chip("Ascend910B1"), seconds)

    return install


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text().splitlines())


def test_success_is_the_final_hivm(fake, tmp_path):
    script = WRITES + (
        'echo final > "$d/module.hivm.opt.mlir"\n'
        "echo 'loc(\"k\":0:0): error: External hivmc run fails, returning' >&2; exit 1"
    )
    compiler = fake(script)
    final = compiler.compile(EXP)
    assert (final.hivm, final.object_code) == ("final\n", b"")
    assert "--target=Ascend910B1" in final.options
    assert compiler.compile(EXP) == final
    assert runs(tmp_path) == 1, "what was compiled before is kept on disk"


def test_a_damaged_file_is_made_anew(fake, tmp_path, caplog):
    compiler = fake(WRITES + 'echo final > "$d/module.hivm.opt.mlir"; exit 1')
    compiler.compile(EXP)
    for file in Path(os.environ["FOLDAWAY_CACHE_DIR"]).glob("*.hivm"):
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    with caplog.at_level(logging.WARNING, "foldaway.cache"):
        assert compiler.compile(EXP).hivm == "final\n"
    assert runs(tmp_path) == 2
    compiler.compile(EXP)
    assert runs(tmp_path) == 2


def test_a_crash_is_an_error_of_the_kernel(fake):
    with pytest.raises(KernelRefused, match="bishengir-compile was ended by SIGSEGV"):
        fake("kill -SEGV $$").compile(EXP)


def test_an_abort_says_why(fake):
    script = "echo 'LLVM ERROR: unsupported arith cmp predicate' >&2; kill -ABRT $$"
    with pytest.raises(KernelRefused, match="SIGABRT: unsupported arith cmp predicate"):
        fake(script).compile(EXP)


def test_a_hang_is_stopped_with_all_that_it_started(fake, tmp_path):
    begun = time.monotonic()
    with pytest.raises(KernelRefused, match="took too long"):
        fake(f"sleep 60 & echo $! > {tmp_path}/child; wait", seconds=1.0).compile(EXP)
    assert time.monotonic() - begun < 30
    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 10
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_running(child)


def is_running(process):
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False


def test_overflow_is_tried_with_other_options(fake, tmp_path):
    script = WRITES + (
        'case "$*" in *--enable-tuning-mode*) echo final > "$d/module.hivm.opt.mlir";; '
        f"*) echo 'error: {OVERFLOW}' >&2;; esac; exit 1"
    )
    assert "--enable-tuning-mode" in fake(script).compile(EXP).options
    assert runs(tmp_path) == 2


def test_overflow_is_tried_with_smaller_tiles(fake, tmp_path):
    script = WRITES + (
        'if grep -q small kernel.mlir; then echo final > "$d/module.hivm.opt.mlir"; '
        f"else echo 'error: {OVERFLOW}' >&2; fi; exit 1"
    )
    tiled = Source("k", "large", 1, is_tiled=True)
    asked = []

    def smaller(shrink):
        asked.append(shrink)
        return tiled._replace(text="small" if shrink == 2 else "large ", blocks=4)

    final = fake(script).compile(tiled, smaller)
    assert asked == [1, 2]
    assert (final.source.text, final.source.blocks) == ("small", 4)


def test_overflow_to_the_end_is_refused(fake):
    with pytest.raises(KernelRefused, match="ub overflow"):
        fake(f"echo 'error: {OVERFLOW}' >&2; exit 1").compile(EXP, lambda shrink: None)


def test_an_object_file_where_the_last_stage_is(fake, tmp_path, monkeypatch):
    """Only that the same command goes on is tested here: nobody but CANN has the real one."""
    stage = tmp_path / "hivmc"
    stage.write_text("#!/bin/sh\n")
    stage.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    script = WRITES + 'echo final > "$d/module.hivm.opt.mlir"; printf code > kernel.o'
    assert fake(script).compile(EXP).object_code == b"code"
    failing = WRITES + 'echo final > "$d/module.hivm.opt.mlir"; exit 1'
    with pytest.raises(KernelRefused, match="hivmc wrote no object file"):
        fake(failing).compile(EXP._replace(text="other"))


def test_a_missing_compiler_is_named(monkeypatch):
    monkeypatch.setattr(programs.util, "find_spec", lambda name: None)
    programs.installation.cache_clear()
    with pytest.raises(ToolchainMissing, match=r"pip install 'foldaway\[ascend\]'"):
        Toolchain(Chip("Ascend910B1")).compile(EXP._replace(text="nobody has compiled this"))
    programs.installation.cache_clear()


def test_chips():
    assert chip_named("Ascend910B2").library == "c220"
    assert chip_named("Ascend950PR_9579").program_suffix == "-a5"
    assert len(set(CHIPS)) == len(CHIPS)
    with pytest.raises(ValueError, match="there is no chip 'Ascend1'"):
        chip_named("Ascend1")


def test_a_program_gets_text_and_gives_both_streams(tmp_path):
    done = run(["sh", "-c", "cat; echo no >&2; exit 3"], tmp_path, 20, "yes")
    assert (done.status, done.output, done.errors) == (3, "yes", "no\n")
    assert done.ending == "ended with status 3"


@needs_compiler
def test_the_compiler_refuses_at_the_users_line():
    text = f"""func.func @k(%a0: tensor<3xf32>) -> tensor<3xf32> {SIGNATURE} {{
  %r = math.trunc %a0 : tensor<3xf32> loc("user.py":7:3)
  return %r : tensor<3xf32>
}}
"""
    with pytest.raises(
        KernelRefused, match=r"failed to legalize operation 'math\.trunc'"
    ) as caught:
        TOOLCHAIN.compile(Source("k", text, 1, is_tiled=False))
    assert caught.value.place == ("user.py", 7, 3)


@needs_compiler
def test_text_that_is_no_ir_is_refused():
    with pytest.raises(KernelRefused):
        TOOLCHAIN.compile(EXP._replace(text="this is no IR"))
    found = TOOLCHAIN.verify("func.func @f() { no.op }")
    assert found is not None
    assert TOOLCHAIN.verify(EXP.text) is None


@needs_compiler
def test_a_comparison_that_aborts_the_compiler():
    body = f"""func.func @k(%a0: tensor<3xf32>) -> tensor<3xi1> {SIGNATURE} {{
  %r = arith.cmpf uno, %a0, %a0 : tensor<3xf32>
  return %r : tensor<3xi1>
}}
"""
    with pytest.raises(KernelRefused, match="SIG"):
        TOOLCHAIN.compile(Source("k", body, 1, is_tiled=False))


@needs_compiler
@pytest.mark.parametrize("chip", ["Ascend910B4", "Ascend910_9362", "Ascend950PR_9579"])
def test_other_chips(chip):
    toolchain = Toolchain(Chip(chip))
    final = toolchain.compile(EXP)
    assert missing_functions(final.hivm, toolchain.chip) == []


@needs_compiler
def test_the_real_command_goes_on_to_a_last_stage(tmp_path, monkeypatch):
    stage = tmp_path / "hivmc"
    stage.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "hivmc 1.2.0" && exit 0\n'
        'while [ $# -gt 1 ]; do [ "$1" = -o ] && printf code > "$2"; shift; done\n'
    )
    stage.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert TOOLCHAIN.compile(EXP).object_code == b"code"
