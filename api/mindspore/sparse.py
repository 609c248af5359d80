"""Sparse tensors, as the tensors that they are made of.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.COOTensor.html>.
"""

from __future__ import annotations

from collections.abc import Sequence

from foldaway.runtime.dispatch import constant
from foldaway.runtime.tensor import Tensor


class _SparseTensor:
    """Some values of a tensor, all others being 0."""

    values: Tensor
    shape: tuple[int, ...]

    @property
    def dtype(self) -> object:
        """Type of the values."""
        return self.values.dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values that are kept."""
        return self.values.size


class COOTensor(_SparseTensor):
    """Values, and for each its indices: shapes (n,) and (n, number of axes).

    Raises TypeError for other things than tensors, ValueError for shapes that don't fit.
    """

    def __init__(self, indices: Tensor, values: Tensor, shape: Sequence[int]):
        _check_tensors(indices, values)
        if indices.ndim != 2 or indices.shape != (values.size, len(shape)):
            raise ValueError(f"indices of shape {indices.shape} don't fit {values.size} values")
        self.indices = indices
        self.values = values
        self.shape = tuple(shape)

    def astype(self, dtype: object) -> COOTensor:
        """Return the same tensor with values of another dtype."""
        return COOTensor(self.indices, self.values.astype(dtype), self.shape)

    def to_tuple(self) -> tuple[Tensor, Tensor, tuple[int, ...]]:
        """Return indices, values and shape."""
        return self.indices, self.values, self.shape

    def to_dense(self) -> Tensor:
        """Return the tensor with all its zeros; values of one place are summed. Needs the data."""
        import numpy as np

        values = self.values.asnumpy()
        dense = np.zeros(self.shape, values.dtype)
        np.add.at(dense, tuple(self.indices.asnumpy().T), values)
        return constant(dense)


class CSRTensor(_SparseTensor):
    """Values by rows, with their columns; row i has those from indptr[i] to indptr[i + 1].

    Raises TypeError for other things than tensors, ValueError for shapes that don't fit.
    """

    def __init__(self, indptr: Tensor, indices: Tensor, values: Tensor, shape: Sequence[int]):
        _check_tensors(indptr, indices, values)
        if indptr.shape != (shape[0] + 1,) or indices.shape != values.shape[:1]:
            raise ValueError("the shapes of indptr, indices and values don't fit each other")
        self.indptr = indptr
        self.indices = indices
        self.values = values
        self.shape = tuple(shape)

    def astype(self, dtype: object) -> CSRTensor:
        """Return the same tensor with values of another dtype."""
        return CSRTensor(self.indptr, self.indices, self.values.astype(dtype), self.shape)

    def to_tuple(self) -> tuple[Tensor, Tensor, Tensor, tuple[int, ...]]:
        """Return indptr, indices, values and shape."""
        return self.indptr, self.indices, self.values, self.shape

    def to_coo(self) -> COOTensor:
        """Return the same values with all their indices. Needs the data."""
        import numpy as np

        counts = np.diff(self.indptr.asnumpy())
        rows = np.repeat(np.arange(len(counts)), counts)
        pairs = np.stack([rows, self.indices.asnumpy()], 1)
        return COOTensor(constant(pairs.astype(np.int64)), self.values, self.shape)

    def to_dense(self) -> Tensor:
        """Return the tensor with all its zeros. Needs the data."""
        return self.to_coo().to_dense()


def _check_tensors(*parts: object) -> None:
    for part in parts:
        if not isinstance(part, Tensor):
            raise TypeError(f"a sparse tensor is made of tensors, not of a {type(part).__name__}")


__all__ = ["COOTensor", "CSRTensor"]
