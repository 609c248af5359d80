"""The decorators: `jit` and `ms_function`."""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any, cast, overload

from foldaway.dialects.source import CompileError
from foldaway.folding.fallback import fallback_enabled
from foldaway.runtime.collector import loading, no_collection
from foldaway.runtime.compiled import CompiledFunction
from foldaway.runtime.interrupts import InterpreterState
from foldaway.runtime.locks import ForkSafeLock
from foldaway.runtime.native_callable import NativeCallable, call_natively
from foldaway.runtime.quick_entry import MISS, QuickEntry
from foldaway.runtime.report import FunctionReport
from foldaway.runtime.retreat import Retreat
from foldaway.runtime.signature import signature_key
from foldaway.runtime.specialization import Specialization, SpecializationCache
from foldaway.runtime.tracing import current_tracer, tracing

from . import context
from .compile_options import CompileOptions
from .internal_error import InternalError
from .lazy_function import LazyFunction, log_bug
from .native_calls import add_form, forms_of, is_worth_it, native_form, take_back
from .plain_binding import PlacedArguments, bind_plainly
from .syntax_level import is_lax, lax_level, level_of, unchanged_settings

_FEW_CALLS = 2
"""Calls of a form before it is worth it to make a quick entry."""


class Jitted(CompiledFunction, NativeCallable):
    """A function that is compiled for each new call signature, and behaves as the function does.

    Two threads may call it at once; a new signature is compiled by one of them.
    """

    def __init__(self, function: types.FunctionType, options: CompileOptions):
        self.function = function
        self._options = options
        self._cache = SpecializationCache()
        self._lazy = LazyFunction(function)
        self._lock = ForkSafeLock()
        self._quick: QuickEntry | None = None
        self._code = function.__code__
        self._plain: tuple[types.CodeType | None, int] = (None, -1)
        """The function's code, and how many arguments it takes, if all are by position."""
        self._needs_source: bool | None = None
        """Whether binding arguments needs the function's source; not where forms are on disk."""
        functools.update_wrapper(self, function)

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Return what the function returns.

        Raises CompileError (a RuntimeError) where it can't be compiled, and what it raises.
        """
        if current_tracer() is not None:
            # Another function is being compiled, and this one becomes part of it.
            return self.function(*args, **kwargs)
        return self.call(args, kwargs, self._options.jit_config)

    def call(self, args: tuple[Any, ...], kwargs: dict[str, Any], jit_config: object) -> Any:
        """Return what a call gives, with a JitConfig of its own."""
        options, quick = self._options, self._quick
        if quick is not None and not kwargs and len(args) == quick.count:
            if jit_config is options.jit_config and quick.enter is not None:
                try:
                    result = quick.enter(*args)
                except Retreat as retreat:
                    self._lazy.note_retreat(retreat)
                    return self._lazy.run(args, kwargs)
                if result is not MISS:
                    self._lazy.note_hit(args)
                    self._go_native(quick)
                    return result
        if options.fullgraph is False and self._lazy.is_settled:
            return self._lazy.run(args, kwargs)
        try:
            if not is_lax(options.fullgraph, jit_config, options.lax):
                arguments = self._bind(args, kwargs)
                found = self.specialize(arguments)
                self._quicken(found, jit_config)
                return found.run(arguments)
            if self._lazy.is_settled:
                return self._lazy.run(args, kwargs)
            found = self.find_or_compile(args, kwargs)
            if found is not None:
                self._quicken(found[0], jit_config)
                return found[0].run(found[1])
        except Retreat as retreat:
            self._lazy.note_retreat(retreat)
        return self._lazy.run(args, kwargs)

    def _quicken(self, found: Specialization, jit_config: object) -> None:
        """Let the next calls ask first whether a form that was used is the right one again."""
        code, count = self._plain
        function, quick = self.function, found.quick
        if jit_config is not self._options.jit_config or function.__code__ is not code:
            return
        if quick is None or not quick.unchanged():
            if found.report.calls < _FEW_CALLS:
                return
            same = unchanged_settings(jit_config)
            unchanged = lambda: function.__code__ is code and same()  # noqa: E731
            quick = found.quick = QuickEntry(found, found.key[:count], unchanged)
        self._note_use()
        self._quick = quick
        self._go_native(quick)

    def _go_native(self, quick: QuickEntry) -> None:
        """Let machine code answer the next calls of a form that is used often, where it can."""
        take_back(self, quick)
        if not is_worth_it(quick):
            return
        quick.asked_natively = True
        made = native_form(quick, self.function, self._options.jit_config)
        if made is not None and quick.unchanged():
            self._note_use()
            quick.native = made
            add_form(self, made)

    def _note_use(self) -> None:
        """Let the forms that calls went through lately be the last to be forgotten."""
        quick = self._quick
        if quick is not None:
            self._cache.note_use(quick.form)
        for native in forms_of(self):
            calls = native.new_calls()
            if calls:
                self._cache.note_use(native.quick.form)
                self._lazy.note_hits(native.quick.form.key[: native.quick.count], calls)

    def prepare(self, args: tuple[Any, ...], jit_config: object) -> bool:
        """Compile for such arguments, without a call; return whether all of it is compiled.

        Raises CompileError for what STRICT refuses.
        """
        if is_lax(self._options.fullgraph, jit_config, self._options.lax):
            return self.find_or_compile(args, {}) is not None
        self.specialize(self._bind(args, {}))
        return True

    @property
    def own_config(self) -> object:
        """The JitConfig that it was made with."""
        return self._options.jit_config

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind to an instance, as a method does."""
        return self if instance is None else types.MethodType(self, instance)

    def specialize(self, arguments: list[object]) -> Specialization:
        """Return the specialisation for bound arguments, compiling it if there is none."""
        key = self._key(arguments, False)
        found = self._cache.find(key, arguments)
        if found is not None:
            return found
        try:
            return self._compile(key, arguments, False)
        except CompileError as error:
            # It says where in the user's file; our own frames say nothing more.
            raise error.with_traceback(None) from None

    def find_or_compile(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[Specialization, list[object]] | None:
        """Return the specialisation of a LAX call, and the bound arguments; None if there is none.

        No effect of the function happens meanwhile.
        """
        try:
            arguments = self._bind(args, kwargs)
        except (CompileError, TypeError) as error:
            self._lazy.add((), error)
            return None
        key = self._key(arguments, True)
        if self._lazy.is_unlikely_compiled(key):
            return None
        found = self._cache.find(key, arguments)
        if found is None:
            if key in self._lazy:
                return None
            try:
                self._note_use()
                self._lazy.check_tries(arguments)
                found = self._compile(key, arguments, True)
            except _refusals() as error:
                self._lazy.add(key, error)
                return None
            except InternalError as error:
                log_bug(error)
                self._lazy.add(key, error)
                return None
        self._lazy.note_hit(arguments)
        return found, arguments

    def _key(self, arguments: list[object], lax: bool) -> tuple[object, ...]:
        target = context.get_context("device_target")
        # LAX is never without the fallback.
        return (*signature_key(arguments), lax or fallback_enabled(), target, lax)

    def _compile(
        self, key: tuple[object, ...], arguments: list[object], lax: bool
    ) -> Specialization:
        """Return the specialisation, loaded from disk or compiled by this thread.

        Another thread may have done it meanwhile.
        """
        with self._lock:
            found = self._cache.find(key, arguments)
            if found is None:
                self._cache.note_miss(key, arguments)
                state = InterpreterState()
                try:
                    with tracing(None), no_collection():
                        found = self._load_or_compile(key, arguments, lax)
                except BaseException:
                    state.restore()
                    raise
                self._note_use()
                self._cache.add(found, arguments)
        return found

    def _load_or_compile(
        self, key: tuple[object, ...], arguments: list[object], lax: bool
    ) -> Specialization:
        # A start that compiles nothing doesn't need it.
        from .stored_forms import form_places, load_or_make

        options = self._options
        if isinstance(arguments, PlacedArguments):
            place = arguments.places.get(lax)
        else:
            place = form_places(self.function, {lax: key}, options).get(lax)

        def make() -> Specialization:
            changing = self._cache.numbers
            return _compiler()(self.function, arguments, key, options, changing, lax)

        return make() if place is None else load_or_make(place, arguments, key, options, lax, make)

    @property
    def specializations(self) -> list[Specialization]:
        """The compiled forms there are, the oldest first."""
        return self._cache.all()

    @property
    def lazy_runs(self) -> int:
        """How many calls ran as plain Python with compiled traces."""
        return self._lazy.report.calls

    def ir(self, stage: str) -> str:
        """Return the IR of the newest specialisation at a stage.

        `stage` is pyobj, graph, linalg, llvm or python. For a function that LAX runs in Python,
        the first and the last are its source, the others the traces that were compiled for it.
        Raises ValueError for another stage, RuntimeError before the first call.
        """
        kept = self._cache.all()
        if not kept and self._lazy.report.calls:
            return self._lazy.ir(stage)
        if not kept:
            raise RuntimeError(f"'{self.function.__name__}' has not been compiled: call it first")
        return kept[-1].ir(stage)

    def report(self) -> FunctionReport:
        """Return what became of each line, over all specialisations."""
        return FunctionReport([*(one.report for one in self._cache.all()), self._lazy.report])

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[object]:
        """Return a value for each parameter, bound as Python binds."""
        code, count = self._plain
        if not kwargs and len(args) == count and self.function.__code__ is code:
            return list(args)
        if self._code is not self.function.__code__:
            self._code, self._cache = self.function.__code__, SpecializationCache()
            self._needs_source = None
        bound: list[object] | None = None
        if not self._needs_source:
            bound = bind_plainly(self.function, args, kwargs)
            if self._needs_source is None:
                self._needs_source = True
                if bound is not None:
                    bound = self._placed(bound)
                    self._needs_source = not bound.is_stored()
            if bound is not None and not self._needs_source:
                if not kwargs and len(args) == len(bound):
                    self._plain = (self.function.__code__, len(bound))
                return bound
        _compiler()
        from .source_binding import bind_by_source, positional_count

        if not kwargs and len(args) == positional_count(self.function):
            self._plain = (self.function.__code__, len(args))
            return list(args) if bound is None else bound
        return bind_by_source(self.function, args, kwargs)

    def _placed(self, arguments: list[object]) -> PlacedArguments:
        """Return the arguments with where forms for them are kept, if they are, in both modes."""
        from .stored_forms import form_places

        keys = {lax: self._key(arguments, lax) for lax in (False, True)}
        return PlacedArguments(arguments, form_places(self.function, keys, self._options))

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is to have: all but what machine code keeps."""
        return vars(self)

    def __repr__(self) -> str:
        return f"<compiled {self.function!r}>"


def _compiler() -> Callable[..., Specialization]:
    """Load the compiler, and return its entry."""
    with loading():
        from .compile import compile_function
    return compile_function


def _refusals() -> tuple[type[BaseException], ...]:
    """Return what says that a function can't be compiled for LAX; asked when something is raised.

    Decorators are many a program's start, and nothing of the compiler is loaded for them.
    """
    from foldaway.folding.errors import Raised

    return CompileError, Raised


call_natively(Jitted)


@overload
def jit(
    fn: Callable[..., Any],
    *,
    fullgraph: bool | None = None,
    backend: str = "",
    jit_config: object = None,
) -> Jitted: ...
@overload
def jit(
    fn: None = None,
    *,
    fullgraph: bool | None = None,
    backend: str = "",
    jit_config: object = None,
) -> Callable[[Callable[..., Any]], Jitted]: ...


def jit(
    fn: Callable[..., Any] | None = None,
    *,
    fullgraph: bool | None = None,
    backend: str = "",
    jit_config: object = None,
) -> Jitted | Callable[[Callable[..., Any]], Jitted]:
    """Compile a function, with the same answers as plain Python or an error at its line.

    `fullgraph=True` (STRICT) rejects what would need Python at run time; with `fullgraph=False`
    (LAX) a function that has such a thing runs as plain Python, and its tensor operations are
    compiled. None leaves it to `jit_config` and the settings, STRICT if they don't say.
    Raises TypeError for what is no Python function, ValueError for an option that isn't there.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.jit.html>.
    """
    return compiled(fn, CompileOptions(fullgraph=fullgraph, jit_config=jit_config), backend)


def compiled(fn: Callable[..., Any] | None, options: CompileOptions, backend: str = "") -> Any:
    """Return what a decorator gives: the compiled form of a function, or of a bound method's.

    Raises as `jit` does.
    """
    if backend not in ("", "ms_backend", "default"):
        raise ValueError(f"there is no backend {backend!r}; leave the option out")
    level = level_of(options.jit_config)
    if level is not None:
        lax_level(level)
    return _decorate(fn, options)


def ms_function(
    fn: Callable[..., Any] | None = None,
    input_signature: object = None,
    hash_args: object = None,
    jit_config: object = None,
) -> Any:
    """Compile a function as MindSpore's `ms_function` does: STRICT, tensors print as tuples.

    Of `jit_config` the `jit_syntax_level` counts. The other parameters are accepted as MindSpore
    has them; shapes are found by themselves. Raises as `jit` does.
    Source: <https://www.mindspore.cn/docs/en/r1.9/api_python/mindspore/mindspore.ms_function.html>.
    """
    return compiled(fn, CompileOptions(style="elements", jit_config=jit_config))


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
