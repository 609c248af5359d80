"""The straight-line start of a function whose parameters are tensors: graph ops at once."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from xdsl.dialects.builtin import TensorType
from xdsl.dialects.func import ReturnOp as FuncReturnOp
from xdsl.ir import Block, SSAValue

from ..dialects import pyobj
from ..dialects.build import IRBuilder
from ..dialects.emitter import Number
from .lower_statement import StatementLowering

_OPERATORS: dict[type[ast.operator], str] = {
    **{ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"},
    **{ast.FloorDiv: "floordiv", ast.Mod: "mod", ast.Pow: "pow", ast.MatMult: "matmul"},
}
_COMPARISONS: dict[type[ast.cmpop], str] = {
    **{ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"},
}


class TensorLowering(StatementLowering):
    """Keeps the variables that are known to be tensors, as long as only operators have run."""

    def __init__(self, file: str, owner: str | None = None):
        super().__init__(file, owner)
        self._tensors: dict[str, SSAValue] = {}

    def store_parameter(self, name: str, argument: SSAValue) -> None:
        """Store a parameter in its variable."""
        self.emit(pyobj.StoreOp, [argument], variable=self.text(name))
        if isinstance(argument.type, TensorType):
            self._tensors[name] = argument

    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        """Lower statements; after one that isn't a plain assignment nothing is known."""
        for node in nodes:
            if self._tensors and not self._straight(node):
                self._tensors = {}
            super().statements([node])

    def returned(self, node: ast.expr) -> None:
        """Lower the body of a lambda, which is a `return` in all but name."""
        if not self._is_tensor(node):
            self._tensors = {}
        super().returned(node)

    def expression(self, node: ast.expr) -> SSAValue:
        """Return the value of an expression; an operator on tensors is a graph op."""
        if self._tensors:
            value = self._tensor(node)
            if value is not None:
                return value
        return super().expression(node)

    def assign(self, target: ast.expr, value: SSAValue) -> None:
        """Assign a value, and remember a tensor's variable."""
        super().assign(target, value)
        if isinstance(target, ast.Name):
            self._tensors.pop(target.id, None)
            if isinstance(value.type, TensorType):
                self._tensors[target.id] = value

    def _straight(self, node: ast.stmt) -> bool:
        """Return whether a statement does nothing but compute with tensors and bind names."""
        match node:
            case ast.Assign(targets=[ast.Name()]) | ast.Return(value=ast.expr()):
                assert node.value is not None
                return self._is_tensor(node.value)
            case _:
                return False

    def _is_tensor(self, node: ast.expr) -> bool:
        match node:
            case ast.Name():
                return node.id in self._tensors
            case ast.BinOp():
                return type(node.op) in _OPERATORS and self._pair(node.left, node.right)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return type(op) in _COMPARISONS and self._pair(left, right)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Invert(), operand=operand):
                return self._is_tensor(operand)
            case _:
                return False

    def _pair(self, left: ast.expr, right: ast.expr) -> bool:
        """Return whether one operand is a tensor and the other that, or a number."""
        if self._is_tensor(left):
            return self._is_tensor(right) or _number(right) is not None
        return _number(left) is not None and self._is_tensor(right)

    def _tensor(self, node: ast.expr) -> SSAValue | None:
        """Return the tensor that an expression is, or None; its errors come in their turn."""
        if not self._is_tensor(node):
            return None
        last = self.block.last_op
        try:
            return self._build(node)
        except (TypeError, ValueError, OverflowError):
            while self.block.last_op is not last and self.block.last_op is not None:
                self.block.erase_op(self.block.last_op)
            self._tensors = {}
            return None

    def _build(self, node: ast.expr) -> SSAValue:
        if isinstance(node, ast.Name):
            return self._tensors[node.id]
        if isinstance(node, ast.BinOp):
            left, right = self._operand(node.left), self._operand(node.right)
            name = _OPERATORS[type(node.op)]
            builder = self._builder(node)
            if name == "matmul":
                if not isinstance(left, SSAValue) or not isinstance(right, SSAValue):
                    raise TypeError("matmul needs two tensors")
                return builder.matmul(left, right)
            return builder.binary(name, left, right)
        if isinstance(node, ast.Compare):
            left, right = self._operand(node.left), self._operand(node.comparators[0])
            return self._builder(node).compare(_COMPARISONS[type(node.ops[0])], left, right)
        assert isinstance(node, ast.UnaryOp)
        value = self._build(node.operand)
        if isinstance(node.op, ast.UAdd):
            return value
        name = "neg" if isinstance(node.op, ast.USub) else "not"
        return self._builder(node).unary(name, value)

    def _operand(self, node: ast.expr) -> SSAValue | Number:
        number = _number(node)
        return self._build(node) if number is None else number

    def _builder(self, node: ast.expr) -> IRBuilder:
        self.at(node)
        return IRBuilder(self.block, self.location)


def drop_unread_stores(block: Block) -> None:
    """Remove the stores of variables that nothing loads; all graph then ends in `func.return`."""
    ops = list(block.ops)
    plain = (pyobj.StoreOp, pyobj.ReturnOp)
    if any(op.name.startswith("pyobj.") and not isinstance(op, plain) for op in ops):
        return
    last = block.last_op
    if not isinstance(last, pyobj.ReturnOp) or last.value is None:
        return
    if not isinstance(last.value.type, TensorType):
        return
    for op in ops:
        if isinstance(op, pyobj.StoreOp):
            block.erase_op(op)
    returned = FuncReturnOp.create(operands=[last.value], location=last.location)
    block.erase_op(last)
    block.add_op(returned)


def _number(node: ast.expr) -> Number | None:
    """Return the number that a literal is, None for anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _number(node.operand)
        return -inner if inner is not None and not isinstance(inner, bool) else None
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        value = node.value
        assert isinstance(value, bool | int | float)
        return value
    return None
