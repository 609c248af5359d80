"""The vendor's tool reads all that is emitted for Ascend, and compiles it to the last step here."""

import subprocess

import pytest

from foldaway.backends.ascend.programs import installation
from foldaway.dialects import dtypes

from .lowered_graphs import OPS, kernel_texts, lowered, lowered_ops
from .needs_compiler import needs_compiler
from .test_kernel_emission import F32, layer_norm, perceptron, softmax

pytestmark = needs_compiler


def read(texts):
    """Let the vendor's tool read and verify kernels."""
    done = subprocess.run(
        [installation().program("bishengir-opt"), "--split-input-file", "-o", "/dev/null"],
        input="\n// -----\n".join(texts),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")


def compiles(text, folder):
    """Let the vendor's compiler go as far as it does without the closed last step."""
    source = folder / "kernel.mlir"
    source.write_text(text)
    words = ["--enable-hfusion-compile", "--enable-hivm-compile", "--target=Ascend910B1"]
    words += ["--enable-triton-kernel-compile"] if "memref<?x" in text else []
    words += [f"--save-temps={folder}", str(source), "-o", str(folder / "kernel.o")]
    subprocess.run(
        [installation().program("bishengir-compile"), *words], capture_output=True, timeout=120
    )
    return (folder / "module.hivm.opt.mlir").exists()


def test_every_op_is_read():
    modules = [module for case in OPS for module in lowered_ops(*case).values()]
    read(dict.fromkeys(text for module in modules for text in kernel_texts(module)))


@pytest.mark.parametrize("dtype", [F32, dtypes.float16, dtypes.bfloat16], ids=str)
@pytest.mark.parametrize("sizes", [(1, 1, 1), (7, 33, 7), (200, 500, 300)], ids=str)
def test_products_are_compiled(dtype, sizes, tmp_path):
    rows, depth, columns = sizes
    specs = [((rows, depth), dtype), ((depth, columns), dtype)]
    texts = kernel_texts(lowered(specs, lambda to, x, y: [to.matmul(x, y)]))
    # What a product of one element is rounded to is a kernel of its own.
    assert len(texts) == (1 if sizes != (1, 1, 1) or dtype is F32 else 2)
    read(texts)
    for number, text in enumerate(texts):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert compiles(text, folder), text


@pytest.mark.parametrize(
    ("shapes", "build"),
    [
        ([(4, 20, 30)], lambda to, x: [softmax(to, x)]),
        ([(4, 20, 30), (30,), (30,)], lambda to, *v: [layer_norm(to, *v)]),
        ([(4, 20, 30), (30, 40), (40,)], lambda to, *v: [perceptron(to, *v)]),
        ([(2, 4, 9, 8), (2, 4, 8, 9)], lambda to, x, y: [softmax(to, to.matmul(x, y))]),
        ([(), ()], lambda to, x, y: [to.binary("add", x, y)]),
    ],
    ids=["softmax", "layer norm", "perceptron", "scores", "scalars"],
)
def test_blocks_are_compiled(shapes, build, tmp_path):
    for number, text in enumerate(kernel_texts(lowered([(s, F32) for s in shapes], build))):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert compiles(text, folder), text
