"""The decorators: `jit` and `ms_function`."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, cast, overload

from foldaway.dialects.source import CompileError
from foldaway.folding.functions import Body, bind
from foldaway.frontend.lower_function import lower_function
from foldaway.passes.fold_pyobj import fallback_enabled
from foldaway.runtime.collector import no_collection
from foldaway.runtime.compiled import CompiledFunction
from foldaway.runtime.locks import ForkSafeLock
from foldaway.runtime.report import FunctionReport
from foldaway.runtime.signature import signature_key
from foldaway.runtime.specialization import Specialization, SpecializationCache
from foldaway.runtime.tracing import current_tracer, tracing

from . import context
from .compile_options import CompileOptions


class Jitted(CompiledFunction):
    """A function that is compiled for each new call signature, and behaves as the function does.

    Two threads may call it at once; a new signature is compiled by one of them.
    """

    def __init__(self, function: types.FunctionType, options: CompileOptions):
        self.function = function
        self._options = options
        self._cache = SpecializationCache()
        self._lock = ForkSafeLock()
        functools.update_wrapper(self, function)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns.

        Raises CompileError (a RuntimeError) where it can't be compiled, and what it raises.
        """
        if current_tracer() is not None:
            # Another function is being compiled, and this one becomes part of it.
            return self.function(*args, **kwargs)
        arguments = self._bind(args, kwargs)
        return self.specialize(arguments).run(arguments)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind to an instance, as a method does."""
        return self if instance is None else types.MethodType(self, instance)

    def specialize(self, arguments: list[object]) -> Specialization:
        """Return the specialisation for bound arguments, compiling it if there is none."""
        key = (
            *signature_key(arguments),
            fallback_enabled(),
            context.get_context("device_target"),
        )
        found = self._cache.find(key, arguments)
        if found is not None:
            return found
        with self._lock:
            found = self._cache.find(key, arguments)
            if found is None:
                from .compile import compile_function

                try:
                    with tracing(None), no_collection():
                        found = compile_function(
                            self.function, arguments, key, self._options, self._cache.widened
                        )
                except CompileError as error:
                    # It says where in the user's file; our own frames say nothing more.
                    raise error.with_traceback(None) from None
                self._cache.add(found, arguments)
        return found

    @property
    def specializations(self) -> list[Specialization]:
        """The compiled forms there are, the oldest first."""
        return self._cache.all()

    def ir(self, stage: str) -> str:
        """Return the IR of the newest specialisation at a stage.

        `stage` is pyobj, graph, linalg, llvm or python.
        Raises ValueError for another stage, RuntimeError before the first call.
        """
        kept = self._cache.all()
        if not kept:
            raise RuntimeError(f"'{self.function.__name__}' has not been compiled: call it first")
        return kept[-1].ir(stage)

    def report(self) -> FunctionReport:
        """Return what became of each line, over all specialisations."""
        return FunctionReport([one.report for one in self._cache.all()])

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[object]:
        """Return a value for each parameter, bound as Python binds."""
        from foldaway.folding.errors import Raised

        lowered = lower_function(self.function)
        parameters = lowered.parameters
        count = len(parameters.names)
        if not kwargs and len(args) == count and not parameters.keyword_only:
            if parameters.vararg is None and parameters.kwarg is None:
                return list(args)
        body = Body(lowered.body.block, parameters, lowered.name, False, self.function)
        try:
            bound = bind(body, self.function, list(args), kwargs)
        except Raised as raised:
            raise raised.exception from None
        return [bound[name] for name in parameters.names]

    def __repr__(self) -> str:
        return f"<compiled {self.function!r}>"


@overload
def jit(fn: Callable[..., Any], *, fullgraph: bool = True, backend: str = "") -> Jitted: ...
@overload
def jit(
    fn: None = None, *, fullgraph: bool = True, backend: str = ""
) -> Callable[[Callable[..., Any]], Jitted]: ...


def jit(
    fn: Callable[..., Any] | None = None, *, fullgraph: bool = True, backend: str = ""
) -> Jitted | Callable[[Callable[..., Any]], Jitted]:
    """Compile a function, with the same answers as plain Python or an error at its line.

    `fullgraph=True` (STRICT) rejects what would need Python at run time.
    Raises TypeError for what is no Python function, ValueError for an option that isn't there.
    """
    if not fullgraph:
        raise ValueError("fullgraph=False is not supported yet: all of a function is compiled")
    if backend not in ("", "ms_backend", "default"):
        raise ValueError(f"there is no backend {backend!r}; leave the option out")
    return _decorate(fn, CompileOptions())


def ms_function(
    fn: Callable[..., Any] | None = None,
    input_signature: object = None,
    hash_args: object = None,
    jit_config: object = None,
) -> Any:
    """Compile a function as MindSpore's `ms_function` does: STRICT, tensors print as tuples.

    The other parameters are accepted as MindSpore has them; shapes are found by themselves.
    Source: <https://www.mindspore.cn/docs/en/r1.9/api_python/mindspore/mindspore.ms_function.html>.
    """
    return _decorate(fn, CompileOptions(style="elements"))


def _decorate(fn: Callable[..., Any] | None, options: CompileOptions) -> Any:
    if fn is None:
        return functools.partial(_decorate, options=options)
    if isinstance(fn, Jitted):
        return Jitted(fn.function, options)
    if isinstance(fn, types.MethodType) and isinstance(fn.__func__, types.FunctionType):
        return types.MethodType(Jitted(cast(Any, fn.__func__), options), fn.__self__)
    if not isinstance(fn, types.FunctionType):
        raise TypeError(f"only Python functions can be compiled, not {type(fn).__name__} objects")
    return Jitted(fn, options)
