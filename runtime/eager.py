"""The emitter that computes each op at once, on arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..dialects.build import Builder
from ..dialects.dtypes import TensorSpec
from ..dialects.emitter import AttributeValue, Emitter
from .arrays import Array, array_of, spec_of_array
from .meanings import compute


class EagerEmitter(Emitter[Array]):
    """Computes ops by the table of meanings; a result may be a view of an operand."""

    def spec(self, value: Array) -> TensorSpec:
        """Return shape and dtype of an array."""
        return spec_of_array(value)

    def emit(
        self,
        op: str,
        operands: Sequence[Array],
        result: TensorSpec,
        attributes: Mapping[str, AttributeValue],
    ) -> Array:
        """Return the array that the op gives."""
        return compute(op, operands, result, attributes)

    def constant(self, data: bytes, spec: TensorSpec) -> Array:
        """Return a new array of these elements."""
        return array_of(data, spec)


EAGER: Builder[Array] = Builder(EagerEmitter())
"""The builders on arrays; there is one, for it has no state."""
