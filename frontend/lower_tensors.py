"""The straight-line start of a function whose parameters are tensors: graph ops at once."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from xdsl.dialects.builtin import TensorType
from xdsl.dialects.func import ReturnOp as FuncReturnOp
from xdsl.ir import Operation, SSAValue

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
    """Keeps the variables that are known to be tensors, as long as only operators have run.

    Until then no variable is stored: a function that is graph throughout needs none.
    """

    def __init__(self, file: str, owner: str | None = None):
        super().__init__(file, owner)
        self._tensors: dict[str, SSAValue] = {}
        self._builder = IRBuilder(self.block)
        self._is_straight = True
        self._stores: list[tuple[str, SSAValue, ast.expr | ast.stmt, Operation | None]] = []
        """The variables that wait to be stored: each at a node, behind an op."""

    def store_parameter(self, name: str, argument: SSAValue, node: ast.expr | ast.stmt) -> None:
        """Store a parameter in its variable, at the start of a function's body."""
        self._stores.append((name, argument, node, None))
        if isinstance(argument.type, TensorType):
            self._tensors[name] = argument

    def statements(self, nodes: Sequence[ast.stmt]) -> None:
        """Lower statements; after one that isn't a plain assignment nothing is known."""
        for node in nodes:
            if not self._straight(node):
                self._store()
                super().statements([node])

    def returned(self, node: ast.expr) -> None:
        """Lower the body of a lambda, which is a `return` in all but name."""
        if not self._return(node, node):
            self._store()
            super().returned(node)

    def finish(self) -> None:
        """End a body: with `func.return` if it is graph throughout, else with `pyobj.return`."""
        block, last = self.block, self.block.last_op
        if not isinstance(last, pyobj.ReturnOp):
            self._store()
            block.add_op(pyobj.ReturnOp.create(location=self.location))
        elif self._is_straight:
            returned = FuncReturnOp.create(operands=last.operands, location=last.location)
            block.erase_op(last)
            block.add_op(returned)

    def _straight(self, node: ast.stmt) -> bool:
        """Lower a statement that does nothing but compute with tensors and bind names."""
        if not self._tensors:
            return False
        if type(node) is ast.Return:
            return node.value is not None and self._return(node, node.value)
        if type(node) is not ast.Assign or len(node.targets) > 1:
            return False
        target = node.targets[0]
        value = self._tensor(node.value) if isinstance(target, ast.Name) else None
        if not isinstance(target, ast.Name) or value is None:
            return False
        self._stores.append((self.name(target.id).data, value, target, self.block.last_op))
        self._tensors[target.id] = value
        return True

    def _return(self, node: ast.expr | ast.stmt, given: ast.expr) -> bool:
        """Return a tensor that operators give, if that is what an expression is."""
        value = self._tensor(given)
        if value is not None:
            self.at(node)
            self.emit(pyobj.ReturnOp, [value])
        return value is not None

    def _store(self) -> None:
        """Store what has waited for it, where it was assigned; from here on nothing is known."""
        self._is_straight, self._tensors = False, {}
        block, location = self.block, self.location
        before, last = None, None
        for name, value, node, op in self._stores:
            self.at(node)
            properties = {"variable": self.text(name)}
            store = pyobj.StoreOp.create(
                operands=[value], properties=properties, location=self.location
            )
            after = last if op is before else op
            if after is not None:
                block.insert_op_after(store, after)
            elif block.first_op is not None:
                block.insert_op_before(store, block.first_op)
            else:
                block.add_op(store)
            before, last = op, store
        self._stores = []
        self.location = location

    def _is_tensor(self, node: ast.expr) -> bool:
        """Return whether an expression is operators on tensors and numbers, a tensor in each."""
        rest = [node]
        while rest:
            match rest.pop():
                case ast.Name(id=name) if name in self._tensors:
                    pass
                case ast.BinOp(left, op, right) if type(op) in _OPERATORS:
                    rest += _tensors_of(left, right)
                case ast.Compare(left, [op], [right]) if type(op) in _COMPARISONS:
                    rest += _tensors_of(left, right)
                case ast.UnaryOp(ast.USub() | ast.UAdd() | ast.Invert(), operand):
                    rest.append(operand)
                case _:
                    return False
        return True

    def _tensor(self, node: ast.expr) -> SSAValue | None:
        """Return the tensor that an expression is, or None; its errors come in their turn."""
        if not self._tensors or not self._is_tensor(node):
            return None
        last = self.block.last_op
        try:
            value = self._build(node)
        except (TypeError, ValueError, OverflowError):
            while self.block.last_op is not last and self.block.last_op is not None:
                self.block.erase_op(self.block.last_op)
            return None
        assert isinstance(value, SSAValue), "an expression of numbers only isn't a tensor"
        return value

    def _build(self, node: ast.expr) -> SSAValue | Number:
        """Return a tensor or a number; the left operands, in a loop, come first."""
        around = list[ast.BinOp | ast.Compare | ast.UnaryOp]()
        while isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp):
            around.append(node)
            node = node.operand if isinstance(node, ast.UnaryOp) else node.left
        number = _number(node)
        if number is None:
            assert isinstance(node, ast.Name)
            value = self._tensors[node.id]
        else:
            value = number
        while around:
            outer = around.pop()
            if isinstance(outer, ast.UnaryOp):
                value = self._unary(outer, value)
            elif isinstance(outer, ast.Compare):
                right = self._build(outer.comparators[0])
                name = _COMPARISONS[type(outer.ops[0])]
                value = self._at(outer).compare(name, value, right)
            else:
                value = self._binary(outer, value, self._build(outer.right))
        return value

    def _unary(self, node: ast.UnaryOp, operand: SSAValue | Number) -> SSAValue | Number:
        if not isinstance(operand, SSAValue):
            # Of numbers, only negative ones are operands.
            return -operand
        if isinstance(node.op, ast.UAdd):
            return operand
        name = "neg" if isinstance(node.op, ast.USub) else "not"
        return self._at(node).unary(name, operand)

    def _binary(
        self, node: ast.BinOp, left: SSAValue | Number, right: SSAValue | Number
    ) -> SSAValue:
        name = _OPERATORS[type(node.op)]
        builder = self._at(node)
        if name == "matmul":
            if not isinstance(left, SSAValue) or not isinstance(right, SSAValue):
                raise TypeError("matmul needs two tensors")
            return builder.matmul(left, right)
        return builder.binary(name, left, right)

    def _at(self, node: ast.expr) -> IRBuilder:
        self.at(node)
        emitter = self._builder.emitter
        emitter.block, emitter.location = self.block, self.location
        return self._builder


def _tensors_of(left: ast.expr, right: ast.expr) -> list[ast.expr]:
    """Return which of an operator's operands have to be tensors: one may be a number."""
    operands = [node for node in (right, left) if _number(node) is None]
    return operands or [left]


def _number(node: ast.expr) -> Number | None:
    """Return the number that a literal is, None for anything else."""
    if type(node) is ast.Name:
        return None
    sign = 1
    signed = False
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node, sign, signed = node.operand, -sign, True
    if not isinstance(node, ast.Constant):
        return None
    value = node.value
    if isinstance(value, bool):
        return None if signed else value
    if not isinstance(value, int | float):
        return None
    return value if sign > 0 else -value
