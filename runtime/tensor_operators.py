"""Python's operators on tensors. Each gives a new tensor; `+=` and its like rebind the name.

Numbers, also NumPy's scalars, take the tensor's dtype where its kind can hold them; arrays keep
their own; a list is made a tensor. Shapes broadcast.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.Tensor.html>.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from . import dispatch
from .tensor_data import TensorData

if TYPE_CHECKING:
    from .tensor import Tensor


class TensorOperators(TensorData):
    """A tensor with operators; an operand that they don't take gives NotImplemented."""

    __slots__ = ()

    def __add__(self, other: object) -> Tensor:
        return self._binary("add", self, other, other)

    def __radd__(self, other: object) -> Tensor:
        return self._binary("add", other, self, other)

    def __sub__(self, other: object) -> Tensor:
        return self._binary("sub", self, other, other)

    def __rsub__(self, other: object) -> Tensor:
        return self._binary("sub", other, self, other)

    def __mul__(self, other: object) -> Tensor:
        return self._binary("mul", self, other, other)

    def __rmul__(self, other: object) -> Tensor:
        return self._binary("mul", other, self, other)

    def __truediv__(self, other: object) -> Tensor:
        return self._binary("div", self, other, other)

    def __rtruediv__(self, other: object) -> Tensor:
        return self._binary("div", other, self, other)

    def __floordiv__(self, other: object) -> Tensor:
        return self._binary("floordiv", self, other, other)

    def __rfloordiv__(self, other: object) -> Tensor:
        return self._binary("floordiv", other, self, other)

    def __mod__(self, other: object) -> Tensor:
        return self._binary("mod", self, other, other)

    def __rmod__(self, other: object) -> Tensor:
        return self._binary("mod", other, self, other)

    def __divmod__(self, other: object) -> tuple[Tensor, Tensor]:
        return self // other, self % other

    def __rdivmod__(self, other: object) -> tuple[Tensor, Tensor]:
        return other // self, other % self

    def __pow__(self, other: object) -> Tensor:
        return self._binary("pow", self, other, other)

    def __rpow__(self, other: object) -> Tensor:
        return self._binary("pow", other, self, other)

    def __and__(self, other: object) -> Tensor:
        return self._binary("and", self, other, other)

    def __rand__(self, other: object) -> Tensor:
        return self._binary("and", other, self, other)

    def __or__(self, other: object) -> Tensor:
        return self._binary("or", self, other, other)

    def __ror__(self, other: object) -> Tensor:
        return self._binary("or", other, self, other)

    def __xor__(self, other: object) -> Tensor:
        return self._binary("xor", self, other, other)

    def __rxor__(self, other: object) -> Tensor:
        return self._binary("xor", other, self, other)

    def __matmul__(self, other: object) -> Tensor:
        return dispatch.apply("matmul", self, other) if _is_matrix(other) else NotImplemented

    def __rmatmul__(self, other: object) -> Tensor:
        return dispatch.apply("matmul", other, self) if _is_matrix(other) else NotImplemented

    def __neg__(self) -> Tensor:
        return dispatch.apply("unary", "neg", self)

    def __pos__(self) -> Tensor:
        return dispatch.apply("convert", self, self.dtype)

    def __abs__(self) -> Tensor:
        return dispatch.apply("unary", "abs", self)

    def __round__(self) -> Tensor:
        return dispatch.apply("unary", "round", self)

    def __invert__(self) -> Tensor:
        return dispatch.apply("unary", "not", self)

    # Comparison is elementwise, so it can't have object's type; identity is what hashes.

    def __eq__(self, other: object) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compare("eq", other)

    def __ne__(self, other: object) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._compare("ne", other)

    def __lt__(self, other: object) -> Tensor:
        return self._compare("lt", other)

    def __le__(self, other: object) -> Tensor:
        return self._compare("le", other)

    def __gt__(self, other: object) -> Tensor:
        return self._compare("gt", other)

    def __ge__(self, other: object) -> Tensor:
        return self._compare("ge", other)

    def __hash__(self) -> int:
        self.ask_identity()
        return object.__hash__(self)

    def _binary(self, name: str, x: object, y: object, other: object) -> Tensor:
        if isinstance(other, list | tuple):
            made = dispatch.made_of(cast(object, other))
            x, y = (x, made) if y is other else (made, y)
        elif not dispatch.is_operand(other):
            return NotImplemented
        return dispatch.apply("binary", name, x, y)

    def _compare(self, predicate: str, other: object) -> Tensor:
        if not dispatch.is_operand(other):
            return NotImplemented
        return dispatch.apply("compare", predicate, self, other)


def _is_matrix(value: object) -> bool:
    return dispatch.is_operand(value) and hasattr(value, "shape")
