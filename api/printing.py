"""Printing that works in compiled code, too."""

from __future__ import annotations

from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tracing import current_tracer


def print_(*input_x: object) -> None:
    """Print each operand on a line of its own; in compiled code at every call.

    Source: <https://www.mindspore.cn/docs/en/master/api_python/ops/mindspore.ops.print_.html>.
    """
    tracer = current_tracer()
    if tracer is None:
        for operand in input_x:
            print(operand)
        return
    texts, values = [""], list[Tensor]()
    for operand in input_x:
        if isinstance(operand, Tensor):
            values.append(operand)
            texts.append("\n")
        else:
            texts[-1] += f"{operand}\n"
    tracer.builder.print(texts, [v.graph_value(tracer) for v in values], "str", "stdout")
