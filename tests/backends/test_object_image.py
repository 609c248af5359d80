"""Object images that are loaded without LLVM run as those that LLVM's linker loads."""

import subprocess
import sys

import numpy as np
import pytest

import foldaway
from foldaway import Tensor, nn, ops
from foldaway.backends.cpu.driver import CpuDriver
from foldaway.backends.cpu.executable import CpuExecutable, address_of
from foldaway.backends.cpu.library import addresses
from foldaway.backends.cpu.object_image import LoadedCode, UnknownImage, load_image
from foldaway.backends.cpu.stored_code import IMAGES, stored_code, this_machine
from foldaway.backends.cpu.thread_pool import PARALLEL, parallel_address

pytestmark = pytest.mark.skipif(this_machine() is None, reason="only Linux on x86-64")

X = np.linspace(-2, 2, 4000, dtype=np.float32)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("FOLDAWAY_CACHE", raising=False)
    return tmp_path


@pytest.fixture
def executables(monkeypatch):
    """What the driver made."""
    made = []
    compile = CpuDriver.compile

    def noted(*arguments):
        made.append(compile(*arguments))
        return made[-1]

    monkeypatch.setattr(CpuDriver, "compile", noted)
    return made


def constants(x):
    table = np.linspace(0, 1, 4000).astype(np.float32)
    return x * Tensor(table) + Tensor(table[::-1].copy())


def calls_of_c(x):
    return ops.pow(ops.abs(x), x), x % 0.7, ops.tan(x)


def products(x):
    m = x.reshape(40, 100)
    return ops.softmax(m @ m.T, -1), m.T @ m


def loop(x):
    while x.sum() < 100:
        x = x * 2 + 1
    return x


def assertion(x):
    if x.max() > 1:
        raise ValueError("too large")
    return x


def rows(x):
    norm = nn.LayerNorm((100,))
    return norm(x.reshape(40, 100))


@pytest.mark.parametrize("function", [constants, calls_of_c, products, loop, assertion, rows])
def test_it_runs_as_code_of_llvm(function, executables):
    x = Tensor(X if function is not assertion else X / 4)
    foldaway.jit(function)(x)
    for linked in executables:
        program = linked.program
        symbols = {name: address_of(array) for name, array in program.constants.items()}
        if program.is_shared:
            symbols[PARALLEL] = parallel_address()
        code = stored_code(program.image, program.name, symbols)
        assert type(code) is LoadedCode
        loaded = CpuExecutable(code, program)
        inputs = [
            np.random.default_rng(0).random(spec.shape).astype(np.float32)
            for spec in program.signature.inputs
        ]
        for mine, other in zip(loaded(inputs), linked(inputs), strict=True):
            assert mine.tobytes() == other.tobytes()


def image_of(executables):
    foldaway.jit(constants)(Tensor(X))
    (made,) = executables
    image = IMAGES.find(made.program.image)
    assert image is not None
    assert len(made.program.constants) == 2
    symbols = {**addresses(), **dict.fromkeys(made.program.constants, 4096)}
    return image, made.program.name, symbols


def test_what_is_not_known_is_said(executables):
    image, name, symbols = image_of(executables)
    load_image(image, name, symbols)
    with pytest.raises(UnknownImage, match="no symbol other"):
        load_image(image, "other", symbols)
    with pytest.raises(UnknownImage, match="nobody has"):
        load_image(image, name, addresses())
    for length in range(0, len(image) - 1, 7):
        with pytest.raises(UnknownImage):
            load_image(image[:length], name, symbols)
    machine = bytearray(image)
    machine[18] = 183
    with pytest.raises(UnknownImage, match="another processor"):
        load_image(bytes(machine), name, symbols)


def test_damage_never_ends_the_process(executables):
    """The digest of a file says more; this is what is left if it does not."""
    image, name, symbols = image_of(executables)
    generator = np.random.default_rng(1)
    for _ in range(2000):
        changed = bytearray(image)
        for place in generator.integers(0, len(image), 3):
            changed[place] = generator.integers(0, 256)
        try:
            load_image(bytes(changed), name, symbols)
        except UnknownImage:
            continue


LARGE_RESULTS = """
import sys
import numpy as np
from foldaway.backends.cpu.result_memory import RESULTS
for _ in range(3):
    a = RESULTS.empty((1 << 20,), np.dtype(np.float32))
    a[:] = 7
    assert (a.copy() == 7).all() and a.ctypes.data % 64 == 0
    del a
assert RESULTS.kept
print("llvmlite" in sys.modules)
"""


def test_memory_for_results_needs_llvm_once():
    words = [sys.executable, "-c", LARGE_RESULTS]
    runs = [subprocess.run(words, capture_output=True, text=True) for _ in range(2)]
    assert [run.stdout for run in runs] == ["True\n", "False\n"], runs[0].stderr
