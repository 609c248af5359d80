"""Compiles graph ops from calls of the builders, for the machine of the context or another."""

import numpy as np
from xdsl.dialects.builtin import FunctionType, ModuleOp
from xdsl.dialects.func import FuncOp, ReturnOp
from xdsl.ir import Block, Region

from foldaway.dialects.build import IRBuilder
from foldaway.dialects.dtypes import TensorSpec, spec_of, tensor_type
from foldaway.dialects.verifier import verify
from foldaway.drivers import current_driver
from foldaway.pipeline import lower_segment
from foldaway.runtime.arrays import numpy_dtype
from foldaway.runtime.driver import Signature


class GraphProgram:
    """What `build(builder, *inputs)`, a function that returns a list of values, computes."""

    def __init__(self, specs, build, driver=None):
        self.specs = [TensorSpec(shape, dtype) for shape, dtype in specs]
        block = Block(arg_types=[tensor_type(spec) for spec in self.specs])
        results = build(IRBuilder(block), *block.args)
        block.add_op(ReturnOp(*results))
        types = FunctionType.from_lists(block.arg_types, [value.type for value in results])
        module = ModuleOp([FuncOp("f", types, Region(block))])
        self.outputs = tuple(spec_of(value.type) for value in results)
        verify(module)
        driver = driver or current_driver()
        lower_segment(module, driver)
        verify(module)
        signature = Signature(tuple(self.specs), self.outputs)
        self.executable = driver.compile(module, "f", signature)

    def __call__(self, *arrays):
        """Return the results, after a check that they are what was promised."""
        results = self.executable(arrays)
        for result, (shape, dtype) in zip(results, self.outputs, strict=True):
            assert (result.shape, result.dtype) == (shape, numpy_dtype(dtype))
            assert not any(np.shares_memory(result, array) for array in arrays)
        return results
