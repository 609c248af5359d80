"""Products of matrices on a simulated GPU and by the interpreter of PTX, against NumPy."""

import re

import numpy as np
import pytest

from foldaway.backends.gpu.ptx_errors import PtxError
from foldaway.passes.simt_product_schedule import FMA, MMA, ProductSchedule

from .products import DTYPES, Product, interpreted, kernels_of, simulated

TURNS = [(False, False), (False, True), (True, False), (True, True)]
turns = pytest.mark.parametrize("turned", TURNS)
LARGE = {
    "fma": ProductSchedule(FMA, 128, 128, 8, 4, 2, 4),
    "fma-half": ProductSchedule(FMA, 64, 64, 16, 2, 2, 3),
    "mma": ProductSchedule(MMA, 128, 128, 32, 2, 2, 4),
    "mma-wide": ProductSchedule(MMA, 128, 256, 64, 2, 4, 3),
    "mma-tall": ProductSchedule(MMA, 256, 128, 32, 4, 2, 3),
    "mma-deep": ProductSchedule(MMA, 64, 64, 64, 2, 2, 3),
}
SIZES = [(1, 1, 1), (7, 7, 7), (33, 33, 33), (64, 64, 64), (1, 40, 65), (130, 3, 18)]


@turns
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("element", ["f32", "bf16"])
def test_every_size(element: str, size: tuple[int, int, int], turned: tuple[bool, bool]):
    product = Product(*size, element, turned)
    inputs = product.inputs()
    product.check(simulated(kernels_of(product), inputs), inputs)


@pytest.mark.parametrize("turned", TURNS[1:3])
@pytest.mark.parametrize("size", [(33, 33, 33), (64, 64, 64), (130, 3, 18)])
@pytest.mark.parametrize("element", DTYPES)
def test_every_element(element: str, size: tuple[int, int, int], turned: tuple[bool, bool]):
    product = Product(*size, element, turned)
    inputs = product.inputs()
    product.check(simulated(kernels_of(product), inputs), inputs)


@pytest.mark.parametrize("element", ["f32", "f16"])
def test_many_tiles(element: str):
    product = Product(200, 300, 500, element)
    inputs = product.inputs()
    product.check(simulated(kernels_of(product), inputs), inputs)


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize(
    ("size", "turned"),
    [
        *(((136, 136, 72), turned) for turned in TURNS),
        *(((131, 133, 35), turned) for turned in TURNS[1:3]),
    ],
)
def test_tiles_of_each_size(name: str, size: tuple[int, int, int], turned: tuple[bool, bool]):
    schedule = LARGE[name]
    product = Product(*size, "bf16" if schedule.family == MMA else "f32", turned)
    inputs = product.inputs()
    product.check(simulated(kernels_of(product, schedule), inputs), inputs)


@turns
@pytest.mark.parametrize("size", [(1, 150, 260), (150, 1, 260), (1, 33, 7)])
@pytest.mark.parametrize("element", ["f32", "f16", "i32"])
def test_vectors(element: str, size: tuple[int, int, int], turned: tuple[bool, bool]):
    product = Product(*size, element, turned)
    inputs = product.inputs()
    product.check(simulated(kernels_of(product), inputs), inputs)


@pytest.mark.parametrize("element", ["f32", "bf16", "i32"])
def test_batches(element: str):
    product = Product(17, 40, 36, element, batch=3)
    inputs = product.inputs()
    product.check(simulated(kernels_of(product), inputs), inputs)


@pytest.mark.parametrize("element", ["f32", "f16"])
@pytest.mark.parametrize("size", [(40, 48, 32), (33, 35, 37)])
def test_what_follows_is_in_the_same_kernel(element: str, size: tuple[int, int, int]):
    product = Product(*size, element, has_bias=True)
    inputs = product.inputs()
    module = kernels_of(product)
    assert str(module).count("simt.launch") == 1
    product.check(simulated(module, inputs), inputs)


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("element", ["f32", "bf16"])
def test_threads_in_another_order(element: str, order: int):
    product = Product(70, 66, 100, element)
    inputs = product.inputs()
    module = kernels_of(product)
    plain = simulated(module, inputs)
    assert (simulated(kernels_of(product), inputs, order) == plain).all()
    product.check(plain, inputs)


@turns
@pytest.mark.parametrize("element", ["f32", "bf16"])
@pytest.mark.parametrize("size", [(40, 48, 72), (33, 35, 37)])
def test_ptx(element: str, size: tuple[int, int, int], turned: tuple[bool, bool]):
    product = Product(*size, element, turned)
    inputs = product.inputs()
    out = np.full(product.shapes[2], 7, DTYPES[product.sum])
    product.check(interpreted(kernels_of(product), inputs, out), inputs)


@pytest.mark.parametrize("element", DTYPES)
def test_ptx_of_every_element(element: str):
    product = Product(36, 34, 40, element, (False, True))
    inputs = product.inputs()
    out = np.full(product.shapes[2], 7, DTYPES[product.sum])
    product.check(interpreted(kernels_of(product), inputs, out, "sm_90"), inputs)


@pytest.mark.parametrize("name", LARGE)
def test_ptx_of_tiles_of_each_size(name: str):
    schedule = LARGE[name]
    product = Product(72, 80, 136, "bf16" if schedule.family == MMA else "f32")
    inputs = product.inputs()
    out = np.full(product.shapes[2], 7, DTYPES[product.sum])
    product.check(interpreted(kernels_of(product, schedule), inputs, out), inputs)


FAULTS = {
    "a barrier is left out": lambda text: text.replace("bar.sync \t0;", "", 1),
    "nobody waits for the copies": lambda text: text.replace("cp.async.wait_group", "//"),
    "copies go on beyond the matrix": lambda text: re.sub(
        r"(cp\.async\.c\S+ \[\S+, \[\S+, \d+), %r\d+", r"\1", text
    ),
    "a copy isn't aligned": lambda text: re.sub(
        r"(cp\.async\.cg\S+ \[%rd\d+)(?:\+(\d+))?\]",
        lambda found: f"{found[1]}+{int(found[2] or 0) + 4}]",
        text,
        count=1,
    ),
}


@pytest.mark.parametrize("element", ["f32", "bf16"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(element: str, fault: str):
    product = Product(40, 48, 136, element)
    inputs = product.inputs()
    out = np.zeros(product.shapes[2], DTYPES[product.sum])
    module = kernels_of(product)

    def changed(text: str) -> str:
        found = FAULTS[fault](text)
        assert found != text
        return found

    with pytest.raises(PtxError):
        interpreted(module, inputs, out, change=changed)
