"""The toy's pass, its driver, and what foldaway-opt prints for it."""

from dataclasses import dataclass

from xdsl.dialects.builtin import IntegerAttr
from xdsl.dialects.func import FuncOp
from xdsl.dialects.linalg.ops import GenericOp
from xdsl.passes import ModulePass
from xdsl.utils.target import Target

from foldaway.backends.cpu.driver import signature_of
from foldaway.runtime.driver import Step
from tests.passes import buffer_interpreter


@dataclass(frozen=True)
class CountToyLoopsPass(ModulePass):
    """Write on each function how many loop nests it has."""

    name = "count-toy-loops"

    def apply(self, ctx, op):
        for function in op.ops:
            if isinstance(function, FuncOp):
                count = sum(isinstance(inner, GenericOp) for inner in function.walk())
                function.attributes["toy.loops"] = IntegerAttr(count, 64)


class ToyDriver:
    name = "toy"

    def steps(self):
        return Step("fuse-elementwise-to-generic"), Step("place-buffers"), Step("count-toy-loops")

    def compile(self, module, entry, signature=None):
        signature = signature or signature_of(module, entry)
        module = module.clone()

        def run(inputs):
            for array, spec in zip(inputs, signature.inputs, strict=True):
                if array.shape != spec.shape:
                    raise TypeError(f"{spec.shape} was compiled, not {array.shape}")
            return buffer_interpreter.run(module, entry, inputs)

        return run


@dataclass(frozen=True)
class ToyTarget(Target):
    """Prints the functions and how many loop nests they have."""

    name = "toy"

    def emit(self, ctx, module, output):
        for function in module.ops:
            if isinstance(function, FuncOp):
                count = function.attributes["toy.loops"].value.data
                output.write(f"{function.sym_name.data}: {count} loops\n")
