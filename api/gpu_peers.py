"""The functions that the check of the GPU times, in torch's way; each takes the module first."""

from __future__ import annotations

from typing import Any

from .gpu_functions import EPSILON


def relu(torch: Any, x: Any, y: Any) -> Any:
    """Return max(2x + y, 0)."""
    return torch.relu(2 * x + y)


def add(torch: Any, x: Any, y: Any) -> Any:
    """Return a sum."""
    return x + y


def total(torch: Any, x: Any) -> Any:
    """Return the sum of all."""
    return x.sum()


def greatest(torch: Any, x: Any) -> Any:
    """Return the greatest of all."""
    return x.max()


def row_sums(torch: Any, x: Any) -> Any:
    """Return the sum of each row."""
    return x.sum(-1)


def column_sums(torch: Any, x: Any) -> Any:
    """Return the sum of each column."""
    return x.sum(0)


def best_places(torch: Any, x: Any) -> Any:
    """Return the place of the greatest of each row."""
    return x.argmax(-1)


def softmax(torch: Any, x: Any) -> Any:
    """Return the softmax of each row."""
    return torch.softmax(x, -1)


def layer_norm(torch: Any, x: Any, gain: Any, shift: Any) -> Any:
    """Return torch's layer norm."""
    return torch.nn.functional.layer_norm(x, (x.shape[-1],), gain, shift, EPSILON)


def transposed(torch: Any, x: Any) -> Any:
    """Return a matrix with its axes exchanged, laid out so."""
    return (x.T + 1).contiguous()


def product(torch: Any, x: Any, y: Any) -> Any:
    """Return a product of matrices."""
    return x @ y


def product_turned(torch: Any, x: Any, y: Any) -> Any:
    """Return x times the transposed y."""
    return x @ y.T


def dense_gelu(torch: Any, x: Any, weight: Any, bias: Any) -> Any:
    """Return gelu(x w + b)."""
    return torch.nn.functional.gelu(x @ weight + bias)


def mlp(torch: Any, x: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Return two layers with a gelu between them."""
    return torch.nn.functional.gelu(x @ a + b) @ c + d


def attention(torch: Any, query: Any, key: Any, value: Any) -> Any:
    """Return torch's attention."""
    return torch.nn.functional.scaled_dot_product_attention(query, key, value)


def convolved(torch: Any, x: Any, weight: Any) -> Any:
    """Return a convolution that keeps the extents."""
    return torch.nn.functional.conv2d(x, weight, padding=weight.shape[-1] // 2)


def lenet(torch: Any, x: Any, a: Any, b: Any, *dense: Any) -> Any:
    """Return LeNet-5 without biases."""
    functional = torch.nn.functional
    x = functional.max_pool2d(torch.relu(functional.conv2d(x, a, padding=2)), 2)
    x = functional.max_pool2d(torch.relu(functional.conv2d(x, b)), 2).flatten(1)
    return torch.relu(torch.relu(x @ dense[0]) @ dense[1]) @ dense[2]
