"""Object images are kept on disk, and what is loaded from there computes the same."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest

from foldaway.backends.cpu.driver import CpuDriver
from foldaway.backends.cpu.effort import Effort
from foldaway.backends.cpu.machine_code import Assembler

from .buffer_form import elementwise, parse

TEXT = "define i32 @f(i32 %x) {\n  %r = add i32 %x, 1\n  ret i32 %r\n}\n"
FAST = Effort(1, 0, interleaved=False, unrolled=False)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("FOLDAWAY_CACHE", raising=False)
    return tmp_path


@pytest.fixture
def compiled(monkeypatch):
    """The texts that LLVM compiled."""
    texts = []
    object_of = Assembler._object_of

    def noted(self, text, effort):
        texts.append(text)
        return object_of(self, text, effort)

    monkeypatch.setattr(Assembler, "_object_of", noted)
    return texts


@pytest.fixture
def new(monkeypatch):
    """Makes assemblers that don't stay: their locks would be taken at each later fork."""
    monkeypatch.setattr(os, "register_at_fork", lambda **_: None)
    return Assembler


def test_the_same_text_is_compiled_once(folder, compiled, new):
    for _ in range(3):
        new().assemble(TEXT, "f", {}, FAST)
    assert compiled == [TEXT]
    assert len(list(folder.iterdir())) == 1


def test_another_text_entry_or_effort_is_compiled(folder, compiled, new):
    other = TEXT.replace("@f", "@g")
    new().assemble(TEXT, "f", {}, FAST)
    new().assemble(TEXT, "f", {}, Effort(2, 2, interleaved=True, unrolled=True))
    new().assemble(TEXT + other, "f", {}, FAST)
    new().assemble(TEXT + other, "g", {}, FAST)
    assert len(compiled) == 4


def test_another_processor_or_version_is_compiled(compiled, monkeypatch, new):
    new().assemble(TEXT, "f", {}, FAST)
    monkeypatch.setattr("foldaway.backends.cpu.machine_code.VERSION", "another")
    new().assemble(TEXT, "f", {}, FAST)
    monkeypatch.setattr(Assembler, "_processor", ("x86-64", ""))
    new().assemble(TEXT, "f", {}, FAST)
    assert len(compiled) == 3


def test_the_variable_turns_it_off(folder, compiled, monkeypatch, new):
    monkeypatch.setenv("FOLDAWAY_CACHE", "0")
    for _ in range(2):
        new().assemble(TEXT, "f", {}, FAST)
    assert len(compiled) == 2
    assert not list(folder.iterdir())


def test_c_functions_are_linked_anew(compiled):
    """Their addresses are others in each process, so the image must not hold them."""
    text = elementwise(["%r = math.erf %x0 : f64"], ["f64"], ["f64"], 50)
    x = np.linspace(-2, 2, 50)
    (first,) = CpuDriver().compile(parse(text), "f")([x])
    (again,) = CpuDriver().compile(parse(text), "f")([x])
    assert len(compiled) == 1
    assert (first == again).all()
    np.testing.assert_allclose(first, [math.erf(number) for number in x], rtol=1e-14)


def test_a_damaged_image_is_compiled_anew(folder, compiled, caplog, new):
    new().assemble(TEXT, "f", {}, FAST)
    (file,) = folder.iterdir()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 255
    file.write_bytes(content)
    for _ in range(2):
        new().assemble(TEXT, "f", {}, FAST)
    assert len(compiled) == 2
    assert "is damaged" in caplog.text


def test_text_that_is_wrong_is_not_kept(folder, new):
    for _ in range(2):
        with pytest.raises(RuntimeError, match="expected top-level entity"):
            new().assemble("no IR", "f", {}, FAST)
    assert not list(folder.iterdir())


PROGRAM = """
import numpy as np
import foldaway
from foldaway import Tensor, ops
from foldaway.backends.cpu.machine_code import Assembler

texts = []
object_of = Assembler._object_of

def noted(self, text, effort):
    texts.append(text)
    return object_of(self, text, effort)

Assembler._object_of = noted

table = np.arange(3000, dtype=np.float32)

@foldaway.jit
def f(x, y):
    z = x * Tensor(table) + y
    for key in sorted({"a", "b", "c"}):
        z = ops.exp(-z) if key > "a" else z * z
    if z.sum() > 3:
        z = z - z.max()
    return z, z.mean(), x.reshape(30, 100) @ y.reshape(100, 30)

x = Tensor(np.linspace(0, 1, 3000, dtype=np.float32))
for result in f(x, x + 1):
    print(result.asnumpy().tobytes().hex())
print(len(texts))
"""


def test_another_process_needs_no_compiler(folder, tmp_path_factory):
    """Whatever its hashes are, it writes the same text."""
    script = tmp_path_factory.mktemp("scripts") / "program.py"
    script.write_text(PROGRAM)
    printed = []
    for seed in ("1", "2"):
        words = [sys.executable, str(script)]
        settings = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(words, capture_output=True, text=True, env=settings, check=True)
        printed.append(done.stdout.split())
    assert printed[0][:-1] == printed[1][:-1]
    assert int(printed[0][-1]) > 0
    assert int(printed[1][-1]) == 0
