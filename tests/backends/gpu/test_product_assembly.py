"""What LLVM and the assembler make of kernels of products: instructions, registers, no spills."""

import re

import pytest

from foldaway.backends.gpu.emit_kernels import emit_kernels
from foldaway.backends.gpu.ptx import to_ptx
from foldaway.passes.simt_product_schedule import FMA, MMA, ProductSchedule

from .assembler import assembled
from .products import Product, kernels_of

TURNS = [
    *(("sm_80", (False, False)), ("sm_90", (False, False))),
    *(("sm_80", (False, True)), ("sm_90", (True, False))),
]
TILES = {
    "fma-128": ProductSchedule(FMA, 128, 128, 8, 4, 2, 4),
    "fma-64": ProductSchedule(FMA, 64, 64, 16, 2, 2, 3),
    "fma-32": ProductSchedule(FMA, 32, 32, 16, 2, 1, 3),
    "mma-256": ProductSchedule(MMA, 128, 256, 64, 2, 4, 3),
    "mma-tall": ProductSchedule(MMA, 256, 128, 64, 4, 2, 3),
    "mma-128": ProductSchedule(MMA, 128, 128, 32, 2, 2, 4),
    "mma-64": ProductSchedule(MMA, 64, 64, 32, 2, 2, 4),
    "mma-32": ProductSchedule(MMA, 32, 32, 32, 2, 1, 4),
}


def ptx(product: Product, schedule: ProductSchedule | None, arch: str) -> str:
    """Return the PTX of a product's kernel."""
    return to_ptx(emit_kernels(kernels_of(product, schedule)).text, arch)


@pytest.mark.parametrize(("arch", "turned"), TURNS)
@pytest.mark.parametrize("name", TILES)
def test_tiles_stay_in_registers(name: str, turned: tuple[bool, bool], arch: str):
    schedule = TILES[name]
    element = "bf16" if schedule.family == MMA else "f32"
    text = ptx(Product(1024, 1024, 1024, element, turned), schedule, arch)
    assert assembled(text, arch).spilled == 0


@pytest.mark.parametrize("element", ["f16", "bf16", "f32", "f64", "i8", "i16", "i32", "i64"])
@pytest.mark.parametrize(("arch", "size"), [("sm_80", (33, 35, 37)), ("sm_90", (200, 300, 500))])
def test_every_element_and_size(element: str, size: tuple[int, int, int], arch: str):
    text = ptx(Product(*size, element), None, arch)
    assert assembled(text, arch).spilled == 0


@pytest.mark.parametrize("element", ["f16", "f32"])
def test_what_follows_fits_too(element: str):
    text = ptx(Product(512, 512, 512, element, has_bias=True), None, "sm_90")
    assert assembled(text, "sm_90").spilled == 0


def test_tensor_cores_are_fed_through_shared_memory():
    text = ptx(Product(512, 512, 512, "bf16"), TILES["mma-128"], "sm_80")
    # A warp has 64 by 64 elements of the result: 4 by 8 small products, twice in a stage, and the
    # factors of the first before the loop.
    assert len(re.findall(r"mma\.sync\.aligned\.m16n8k16", text)) == 64
    assert len(re.findall(r"ldmatrix\.sync\.aligned\.m8n8\.x4", text)) == 16 + 8
    copies = re.findall(r"cp\.async\.cg\.shared\.global.*", text)
    assert copies
    assert all(", 16;" in copy for copy in copies)


def test_tiles_of_floats_are_read_four_at_a_time():
    text = ptx(Product(512, 512, 512), TILES["fma-128"], "sm_80")
    assert len(re.findall(r"fma\.rn\.f32", text)) == 8 * 8 * 8
    loads = re.findall(r"ld\.shared\S*", text)
    assert loads
    assert all("v4" in load for load in loads)
    stores = re.findall(r"st\.global\S*", text)
    assert stores
    assert all("v4" in store for store in stores)
