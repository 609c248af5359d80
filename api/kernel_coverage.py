"""Which ops have kernels, by dtype and machine: found out by lowering each op alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from xdsl.dialects import arith, tensor
from xdsl.dialects.builtin import FunctionType, ModuleOp, StringAttr, SymbolRefAttr
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.dialects.linalg import ops as linalg
from xdsl.ir import Block, Operation, Region, SSAValue

from foldaway.backends.ascend import machine as ascend
from foldaway.backends.gpu import machine as gpu
from foldaway.dialects import simt
from foldaway.dialects.ascend import LaunchOp
from foldaway.dialects.build import IRBuilder
from foldaway.dialects.dtypes import (
    ALL,
    DType,
    TensorSpec,
    float32,
    int64,
    spec_of,
    tensor_type,
)
from foldaway.dialects.element_kinds import BINARY, UNARY
from foldaway.dialects.hfusion import CastOp
from foldaway.dialects.simt.schedule import ON_HOST
from foldaway.passes.outline_kernels import CPU as ON_CPU

from .pipeline import lower_to_linalg, run_passes

NATIVE: Final = "native"
REWRITTEN: Final = "rewritten"
CPU: Final = "CPU"
NONE: Final = ""
"""What becomes of an op: one op of the device, several ones, or work of the CPU; there is none."""

_SHAPE = (4, 6, 8)
_EVERY = "biuf"
_GIVEN = {"select": 2, "update_slice": 2, "concat": 2}
"""Ops of the device that a case has at least, where it isn't one."""
Build = Callable[[IRBuilder, SSAValue, SSAValue], SSAValue]


def coverage(machine: str) -> dict[str, dict[DType, str]]:
    """Return for each op what becomes of it in each dtype, on tensors of three axes.

    The machine is `GPU` or `Ascend`.
    """
    becomes = {"GPU": _on_gpu, "Ascend": _on_ascend}[machine]
    found: dict[str, dict[DType, str]] = {}
    with _quiet(logging.getLogger("foldaway.ascend")):
        for name, (kinds, build) in _cases().items():
            given = _GIVEN.get(name, 1)
            found[name] = {
                dtype: becomes(_linalg(dtype, build), given) if dtype.kind in kinds else NONE
                for dtype in ALL
            }
    return found


def _cases() -> Mapping[str, tuple[str, Build]]:
    """Return for each op the kinds of dtype it takes, and what builds it of two tensors."""
    cases: dict[str, tuple[str, Build]] = {}
    for name, kinds in UNARY.items():
        cases[name] = kinds, partial(_unary, name)
    for name, kinds in BINARY.items():
        cases[name] = kinds, partial(_binary, name)
    cases["compare"] = _EVERY, lambda to, x, y: to.compare("lt", x, y)
    cases["select"] = _EVERY, lambda to, x, y: to.select(to.compare("eq", x, y), x, y)
    cases["convert to float32"] = _EVERY, lambda to, x, y: to.convert(x, float32)
    cases["convert to int64"] = _EVERY, lambda to, x, y: to.convert(x, int64)
    for kind, kinds in (*((k, "iuf") for k in ("sum", "prod", "max", "min")), ("any", "b")):
        for place, axis in (("last", 2), ("middle", 1), ("first", 0)):
            cases[f"reduce {kind}, {place} axis"] = kinds, partial(_reduce, kind, axis)
    cases["argreduce"] = "iuf", lambda to, x, y: to.argreduce("max", x, 2)
    cases["dot_general"] = "iuf", lambda to, x, y: to.matmul(x, to.reshape(y, (4, 8, 6)))
    return cases | _moves()


def _moves() -> dict[str, tuple[str, Build]]:
    """Return the ops that make tensors or move elements."""
    moves: dict[str, Build] = {
        "broadcast": lambda to, x, y: to.broadcast_to(x, (2, *_SHAPE)),
        "reshape": lambda to, x, y: to.reshape(x, (24, 8)),
        "transpose": lambda to, x, y: to.transpose(x, [0, 2, 1]),
        "slice": lambda to, x, y: to.slice(x, [1, 0, 0], [3, 6, 8], [1, 1, 1]),
        "slice with strides": lambda to, x, y: to.slice(x, [0, 0, 0], [4, 6, 8], [1, 2, 1]),
        "update_slice": _update,
        "concat": lambda to, x, y: to.concat([x, y], 1),
        "pad": lambda to, x, y: to.pad(x, [0, 1, 0], [0, 1, 0]),
        "reverse": lambda to, x, y: to.reverse(x, [1]),
    }
    found = {name: (_EVERY, build) for name, build in moves.items()}
    found["iota"] = "iuf", lambda to, x, y: to.iota(_SHAPE, 1, spec_of(x.type).dtype)
    return found


def _unary(name: str, to: IRBuilder, x: SSAValue, y: SSAValue) -> SSAValue:
    return to.unary(name, x)


def _binary(name: str, to: IRBuilder, x: SSAValue, y: SSAValue) -> SSAValue:
    return to.binary(name, x, y)


def _reduce(kind: str, axis: int, to: IRBuilder, x: SSAValue, y: SSAValue) -> SSAValue:
    return to.reduce(kind, x, [axis])


def _update(to: IRBuilder, x: SSAValue, y: SSAValue) -> SSAValue:
    part = to.slice(y, [0, 0, 0], [2, 6, 8], [1, 1, 1])
    return to.update_slice(x, part, [1, 0, 0], [1, 1, 1])


def _linalg(dtype: DType, build: Build) -> ModuleOp:
    """Return a function of one op, in tensor form."""
    type = tensor_type(TensorSpec(_SHAPE, dtype))
    block = Block(arg_types=[type, type])
    result = build(IRBuilder(block), *block.args)
    block.add_op(ReturnOp(result))
    types = FunctionType.from_lists(block.arg_types, [result.type])
    module = ModuleOp([FuncOp("f", types, Region(block))])
    lower_to_linalg(module)
    return module


def _on_gpu(module: ModuleOp, given: int) -> str:
    """Return what becomes of a function; a kernel more is for what doesn't fit into one."""
    run_passes(module, gpu.STEPS)
    on_host = any(ON_HOST in op.attributes for op in module.walk())
    kernels = sum(isinstance(op, simt.LaunchOp) for op in module.walk())
    if on_host:
        return CPU
    return NATIVE if kernels <= given else REWRITTEN


def _on_ascend(module: ModuleOp, given: int) -> str:
    run_passes(module, ascend.STEPS)
    reasons = (op.attributes.get(ON_CPU) for op in module.ops if isinstance(op, FuncOp))
    if any(reason not in (None, StringAttr("fallback")) for reason in reasons):
        return CPU
    launches = [op for op in module.walk() if isinstance(op, LaunchOp)]
    kernels = [_kernel(module, launch.kernel) for launch in launches]
    return NATIVE if sum(map(_work, kernels)) <= given else REWRITTEN


def _kernel(module: ModuleOp, name: SymbolRefAttr) -> ModuleOp:
    return next(
        op for op in module.ops if isinstance(op, ModuleOp) and op.sym_name == name.root_reference
    )


def _work(kernel: ModuleOp) -> int:
    """Return how many ops of a kernel compute; conversions of 16-bit floats aren't counted."""
    (function,) = kernel.ops
    ops = [op for op in function.regions[0].block.ops if not isinstance(op, _IDLE)]
    if function.attributes.get("mix_mode") == StringAttr("aiv"):
        # Tiles are read, and bools made of bytes, beside what is computed.
        ops = [op for op in ops if op.name.startswith(_COMPUTING) and not _makes_bools(op)]
    elif any(op.name.startswith("memref.") for op in ops):
        return 1
    narrow = ("f16", "bf16")
    return sum(not (isinstance(op, CastOp) and _element(op) & {*narrow}) for op in ops)


def _makes_bools(op: Operation) -> bool:
    return isinstance(op, CastOp) and _element(op) == {"i1", "i8"}


def _element(op: Operation) -> set[str]:
    types: list[Any] = [value.type for value in op.operands]
    return {str(type.element_type) for type in types}


_COMPUTING = ("linalg.", "hfusion.", "math.", "arith.")
_IDLE = (arith.ConstantOp, tensor.EmptyOp, linalg.FillOp, ReturnOp)


@contextmanager
def _quiet(log: logging.Logger) -> Generator[None]:
    """Leave out the notices of what runs on the CPU."""
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)
