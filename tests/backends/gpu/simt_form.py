"""Modules in simt form from text, compiled for a simulated GPU."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from xdsl.context import Context
from xdsl.dialects import arith, cf, func, math, memref, scf
from xdsl.dialects.builtin import Builtin, ModuleOp
from xdsl.dialects.linalg import Linalg
from xdsl.parser import Parser

from foldaway.backends.cpu.driver import signature_of
from foldaway.backends.gpu.driver import GpuDriver
from foldaway.backends.gpu.executable import GpuExecutable
from foldaway.backends.gpu.simulator import Simulator
from foldaway.dialects.simt import Simt
from foldaway.runtime.driver import Signature

_DIALECTS = (arith.Arith, cf.Cf, func.Func, math.Math, memref.MemRef, scf.Scf, Linalg, Simt)


def parsed(text: str) -> ModuleOp:
    """Return a module, verified."""
    context = Context()
    for dialect in (Builtin, *_DIALECTS):
        context.load_dialect(dialect)
    module = Parser(context, text).parse_module()
    module.verify()
    return module


def one_kernel(types: Sequence[str], body: str, block: int = 32, grid: int = 1) -> str:
    """Return a module with a kernel of memrefs `%a0`, `%a1` …, and `@f` that launches it."""
    names = [f"%a{n}" for n in range(len(types))]
    listed = ", ".join(f"{name}: {type}" for name, type in zip(names, types, strict=True))
    return (
        f"simt.kernel @k({listed}) block = [{block}, 1, 1] grid = [{grid}, 1, 1] {{\n"
        f"%t = simt.thread_id x\n%b = simt.block_id x\n%lane = simt.lane_id\n{body}\n"
        f"simt.return\n}}\n"
        f"func.func @f({listed}) {{\n"
        f"simt.launch @k({', '.join(names)}) : {', '.join(types)}\nfunc.return\n}}\n"
    )


def compiled(text: str, inputs: int, order: int | None = None) -> GpuExecutable:
    """Return `@f` of a module for a simulated GPU; behind so many inputs there are results."""
    module = parsed(text)
    specs = sum(signature_of(module, "f"), ())
    signature = Signature(specs[:inputs], specs[inputs:])
    return driver(order).compile(module, "f", signature)


@cache
def driver(order: int | None = None) -> GpuDriver:
    """Return the driver of a simulated GPU whose threads take turns in some order."""
    return GpuDriver(Simulator(order))


def constants(**numbers: int) -> str:
    """Return 32-bit constants by name."""
    return "".join(f"%{name} = arith.constant {n} : i32\n" for name, n in numbers.items())


def run(text: str, *inputs: np.ndarray[Any, Any], order: int | None = None) -> list[Any]:
    """Return the results of `@f`."""
    return [np.asarray(result) for result in compiled(text, len(inputs), order)(inputs)]
