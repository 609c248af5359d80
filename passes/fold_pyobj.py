"""fold-pyobj: ask the interpreter now, so that nobody need ask it at run time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.passes import ModulePass

from ..dialects.source import reject
from ..folding.errors import Raised
from ..folding.fold_function import Environment, Folded, fold_function
from ..folding.forks import Apart
from ..folding.options import Options
from ..folding.run_time_loops import Unroll


@dataclass(frozen=True)
class FoldPyObjPass(ModulePass):
    """Evaluate the `pyobj` ops of each function in program order, and keep the tensors' graph.

    What is left is graph ops and the `pyobj` ops that build the result.
    """

    name = "fold-pyobj"

    fallback: bool = True
    """Whether objects that the graph doesn't know are evaluated; off: a TypeError names one."""
    style: str = "str"
    """How tensors print: `str` or `elements`."""
    allow_python: bool = False
    """Whether Python may be run; IR from a file doesn't get that unless the user says so."""
    lax: bool = False
    """Whether only pure library functions are evaluated, and prints left to run time."""

    def apply(self, ctx: Context, op: ModuleOp) -> None:
        """Replace each function in `op` by what is left of it."""
        for func in list(op.ops):
            if isinstance(func, FuncOp) and not func.is_declaration:
                try:
                    self.fold(func, Environment())
                except Raised as raised:
                    error = raised.exception
                    reject(
                        raised.location,
                        f"{type(error).__name__}: {error}",
                        "the program raises this when it is folded",
                    )

    def fold(self, func: FuncOp, environment: Environment) -> Folded:
        """Replace one function and return what was found out about it.

        Raises CompileError, or `Raised` with what the user's program raises.
        """
        options = Options(self.fallback, self.style, self.allow_python, self.lax)
        while True:
            try:
                folded = fold_function(func, options, environment)
                break
            except Apart as again:
                options = replace(options, apart=options.apart | {again.op})
            except Unroll:
                options = replace(options, rolls=False)
        self.replace(func, folded)
        return folded

    def replace(self, func: FuncOp, folded: Folded) -> None:
        """Put what is left of a function in its place."""
        block = func.parent
        assert block is not None
        block.insert_op_before(folded.op, func)
        func.detach()
