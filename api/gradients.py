"""Gradients of functions of tensors, by JAX's and by MindSpore's names.

The function is folded into one graph, whose derivative is computed by reverse mode and compiled.
Called outside of compiled code, what can't be compiled whole runs as plain Python, on a tape.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.grad.html>.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

from foldaway.runtime.compiled import CompiledFunction
from foldaway.runtime.dispatch import apply
from foldaway.runtime.gradient import ALL, GradientFunction
from foldaway.runtime.guards import class_of
from foldaway.runtime.locks import ForkSafeLock
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tracing import current_tracer

from .compile_options import CompileOptions
from .jit import Jitted
from .nn_cell import Cell

Positions = int | tuple[int, ...] | None
Weights = Tensor | Sequence[Tensor] | None


class Gradient(GradientFunction):
    """A function that gives gradients: compiled when it is called, or part of what is compiled."""

    def __init__(
        self,
        function: Callable[..., Any],
        positions: Positions,
        weights: Weights = None,
        has_aux: bool = False,
        with_value: bool = False,
        with_seed: bool = False,
    ):
        self.function = function
        self.positions = positions
        self.weights = weights
        self.has_aux = has_aux
        self.with_value = with_value
        self.with_seed = with_seed

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Return the gradients, in the dtypes of what they are taken by.

        Raises CompileError where a result doesn't come from tensor operations, TypeError and
        ValueError for arguments that don't fit, and what the function raises.
        """
        tracer = current_tracer()
        if tracer is None:
            found = _compiled_form(self.function).find_or_compile((self, args, kwargs), {})
            if found is not None:
                return found[0].run(found[1])
        from .gradient_tape import GradientTape, call_on_tape

        if tracer is not None and not isinstance(tracer, GradientTape):
            raise TypeError("a gradient can't be called by library code that is being compiled")
        return call_on_tape(self, [*args], kwargs)

    def __repr__(self) -> str:
        return f"<gradient of {self.function!r}>"


def grad(
    fn: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Gradient:
    """Return a function that gives the gradient of `fn` by the arguments at `argnums`.

    Of several results the sum is differentiated; with `has_aux` the first, and the others are
    returned after the gradient. Positions count from 0; one number gives a tensor, a tuple a tuple.
    Gradients have the shapes and dtypes of what they are taken by. A call raises ValueError where
    there is no such argument, TypeError for one that is no tensor, and as `fn` does.
    Source: <https://docs.jax.dev/en/latest/_autosummary/jax.grad.html>.
    """
    return Gradient(fn, argnums, None, has_aux)


def value_and_grad(
    fn: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Gradient:
    """Return a function that gives what `fn` returns, and its gradient.

    Arguments and errors are those of `grad`.
    Source: <https://docs.jax.dev/en/latest/_autosummary/jax.value_and_grad.html>.
    """
    return Gradient(fn, argnums, None, has_aux, with_value=True)


def mindspore_grad(
    fn: Callable[..., Any],
    grad_position: Positions = 0,
    weights: Weights = None,
    has_aux: bool = False,
    return_ids: bool = False,
) -> Gradient:
    """Return a function that gives the gradients of `fn` by arguments and by parameters.

    A call gives those by the arguments at `grad_position`, those by `weights`, or, where both are
    asked for, the pair of them; one position or Parameter gives a tensor, a tuple gives a tuple.
    Raises ValueError where neither is asked for, for a negative position, and for `return_ids`,
    TypeError for a position that is no int; a call raises as that of `foldaway.grad`.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.grad.html>.
    """
    _check(grad_position, weights, return_ids)
    return Gradient(fn, grad_position, weights, has_aux)


def mindspore_value_and_grad(
    fn: Callable[..., Any],
    grad_position: Positions = 0,
    weights: Weights = None,
    has_aux: bool = False,
    return_ids: bool = False,
) -> Gradient:
    """Return a function that gives what `fn` returns, and its gradients.

    Arguments and errors are those of `mindspore_grad`.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.value_and_grad.html>.
    """
    _check(grad_position, weights, return_ids)
    return Gradient(fn, grad_position, weights, has_aux, with_value=True)


def get_grad(gradients: Any, identifier: int) -> Any:
    """Return the gradient by the argument at a position; IndexError where there is none."""
    if isinstance(gradients, tuple):
        return cast("tuple[Any, ...]", gradients)[identifier]
    return gradients


class GradOperation:
    """Makes gradient functions: by the first argument, all of them, or parameters.

    With `sens_param` a call's last argument is what the gradient of the result is multiplied with.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/ops/mindspore.ops.GradOperation.html>.
    """

    def __init__(self, get_all: bool = False, get_by_list: bool = False, sens_param: bool = False):
        for value in (get_all, get_by_list, sens_param):
            if not isinstance(value, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise TypeError(f"the settings of GradOperation are bools, not {value!r}")
        self.get_all = get_all
        self.get_by_list = get_by_list
        self.sens_param = sens_param

    def __call__(self, fn: Callable[..., Any], weights: Any = None) -> Gradient:
        """Return the function that gives gradients of `fn`.

        `weights` are what `get_by_list` differentiates by; without them a Cell's trainable
        parameters are. Raises TypeError where there are none.
        """
        if not self.get_by_list:
            return Gradient(fn, ALL if self.get_all else 0, with_seed=self.sens_param)
        if weights is None:
            if not isinstance(fn, Cell):
                raise TypeError("get_by_list needs the weights to differentiate by")
            weights = fn.trainable_params()
        positions = ALL if self.get_all else None
        return Gradient(fn, positions, weights, with_seed=self.sens_param)


def stop_gradient(value: Tensor) -> Tensor:
    """Return the tensor, as a constant where gradients are taken."""
    return apply("stop_gradient", value)


def _check(grad_position: Positions, weights: Weights, return_ids: bool) -> None:
    if return_ids:
        raise ValueError("gradients come without ids: leave return_ids out")
    if grad_position is None and weights is None:
        raise ValueError("`grad_position` and `weight` can not be None at the same time.")
    for place in grad_position if isinstance(grad_position, tuple) else (grad_position,):
        if place is not None and (not isinstance(place, int) or isinstance(place, bool)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"grad_position must be an int, a tuple of ints or None, not {place!r}")
        if place is not None and place < 0:
            raise ValueError(f"grad_position must not be negative, but is {place}")


def _evaluate(gradient: Gradient, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return gradient(*args, **kwargs)


_compiled: WeakKeyDictionary[Any, Jitted] = WeakKeyDictionary()
_lock = ForkSafeLock()


def _compiled_form(function: Any) -> Jitted:
    """Return what compiles gradients of a function; methods and Cells share that of their class."""
    while isinstance(function, CompiledFunction | types.MethodType):
        function = (
            function.function if isinstance(function, CompiledFunction) else function.__func__
        )
    key = function if isinstance(function, types.FunctionType) else class_of(function)
    with _lock:
        found = _compiled.get(key)
        if found is None:
            found = _compiled[key] = Jitted(_evaluate, CompileOptions(lax=True))
        return found
