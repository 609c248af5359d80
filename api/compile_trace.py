"""Traces of lazily run code compiled, once for each form, and kept for all functions."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from foldaway.runtime.collector import no_collection
from foldaway.runtime.driver import Driver, Executable, Signature
from foldaway.runtime.lazy_trace import TraceForm
from foldaway.runtime.locks import ForkSafeLock
from foldaway.runtime.tracing import tracing

from .drivers import current_driver
from .internal_error import our_failure

if TYPE_CHECKING:
    from xdsl.dialects.builtin import ModuleOp
    from xdsl.ir import SSAValue

_BOUND = 512
"""Compiled traces that are kept, over all functions; the least recently used is dropped."""
_NAME = "trace"


class TraceCache:
    """The compiled traces of the process."""

    def __init__(self, bound: int = _BOUND):
        self._bound = bound
        self._kept: OrderedDict[tuple[str, TraceForm], Executable] = OrderedDict()
        self._lock = ForkSafeLock()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    def find(self, form: TraceForm) -> Executable | None:
        """Return the code of a form, None if it isn't kept."""
        key = (current_driver().name, form)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found

    def compile(self, form: TraceForm) -> Executable:
        """Return the code of a form, compiled by one thread at a time.

        Raises InternalError, if the compiler has a bug.
        """
        driver = current_driver()
        with _compiling:
            found = self.find(form)
            if found is None:
                found = _compiled(form, driver)
                with self._lock:
                    self._kept[driver.name, form] = found
                    while len(self._kept) > self._bound:
                        self._kept.popitem(last=False)
        return found


_compiling = ForkSafeLock()

TRACES = TraceCache()
"""The one of this process."""


def module_of(form: TraceForm) -> ModuleOp:
    """Return the graph function of a trace, in a module of its own."""
    from xdsl.dialects.builtin import FunctionType, ModuleOp
    from xdsl.dialects.func import FuncOp, ReturnOp
    from xdsl.ir import Block, Region

    from foldaway.dialects import graph
    from foldaway.dialects.build import IRBuilder
    from foldaway.dialects.dtypes import tensor_type
    from foldaway.dialects.ir_emitter import to_attribute

    block = Block(arg_types=[tensor_type(spec) for spec in form.inputs])
    builder = IRBuilder(block)
    values: list[SSAValue] = []
    for op, result, attributes, places in form.steps:
        if op == graph.ConstantOp.name:
            data = bytes.fromhex(str(dict(attributes)["value"]))
            values.append(builder.emitter.constant(data, result))
            continue
        new = graph.BY_NAME[op].create(
            operands=[values[place] if place >= 0 else block.args[~place] for place in places],
            result_types=(tensor_type(result),),
            properties={name: to_attribute(value) for name, value in attributes},
        )
        block.add_op(new)
        values.append(new.results[0])
    returned = [values[place] for place in form.outputs]
    block.add_op(ReturnOp(*returned))
    type = FunctionType.from_lists(block.arg_types, [value.type for value in returned])
    return ModuleOp([FuncOp(_NAME, type, Region(block), "private")])


def _compiled(form: TraceForm, driver: Driver) -> Executable:
    from .pipeline import lower_segment

    outputs = tuple(form.steps[place][1] for place in form.outputs)
    module = module_of(form)
    with tracing(None), no_collection(), our_failure(driver.name, module):
        lower_segment(module, driver)
        return driver.compile(module, _NAME, Signature(form.inputs, outputs))
