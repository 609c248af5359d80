"""The patterns of `match`: whether a value fits, and what it binds.

Source: <https://docs.python.org/3/reference/compound_stmts.html#the-match-statement>.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from xdsl.ir import SSAValue

from ..runtime.guards import class_of
from .attributes import get_attribute
from .calls import decided, operate
from .errors import Raised, run
from .frames import Frame
from .numbers import SymbolicNumber
from .tensor_numbers import TensorNumber

Bindings = dict[str, object]

_SELF_MATCHING = (*(bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple),)
"""Classes whose one positional pattern is the value itself."""

_MISSING = object()


Fit = bool | SSAValue
"""Whether a value fits: a run-time bool where only the call knows."""


def matches(frame: Frame, pattern: ast.pattern, value: object, bound: Bindings) -> Fit:
    """Return whether a value fits a pattern, and put what that binds into `bound`."""
    match pattern:
        case ast.MatchValue():
            constant = _constant(frame, pattern.value)
            return decided(frame, operate(frame, operator.eq, value, constant))
        case ast.MatchSingleton():
            if type(value) is TensorNumber and value.kind is bool and pattern.value is not None:
                return decided(frame, operate(frame, operator.eq, value, pattern.value))
            if isinstance(value, SymbolicNumber) and value.kind is bool:
                value = value.truth()
            return value is pattern.value
        case ast.MatchAs():
            inner = pattern.pattern
            fits = True if inner is None else matches(frame, inner, value, bound)
            if fits is not False and pattern.name is not None:
                bound[pattern.name] = value
            return fits
        case ast.MatchOr():
            return _any_of(frame, pattern.patterns, value, bound)
        case ast.MatchSequence():
            return _sequence(frame, pattern.patterns, value, bound)
        case ast.MatchMapping():
            return _mapping(frame, pattern, value, bound)
        case ast.MatchClass():
            return _class(frame, pattern, value, bound)
        case _:
            raise ValueError(f"no such pattern: {ast.dump(pattern)}")


def _any_of(frame: Frame, patterns: Sequence[ast.pattern], value: object, bound: Bindings) -> Fit:
    fits: Fit = False
    for pattern in patterns:
        tried: Bindings = {}
        found = matches(frame, pattern, value, tried)
        if found is False:
            continue
        if tried and (fits is not False or found is not True):
            frame.folding.reject(
                "which alternative of a pattern fits, and binds names, is known only at run time",
                "write a case for each alternative",
            )
        bound.update(tried)
        if found is True:
            return True
        fits = found if fits is False else _together(frame, "or", fits, found)
    return fits


def _all_of(frame: Frame, fits: Iterable[Fit]) -> Fit:
    """Return whether all parts of a value fit; the first that doesn't ends it."""
    whole: Fit = True
    for one in fits:
        if one is False:
            return False
        if one is not True:
            whole = one if whole is True else _together(frame, "and", whole, one)
    return whole


def _together(frame: Frame, sign: str, one: Fit, other: Fit) -> SSAValue:
    return frame.folding.builder.binary(sign, cast(SSAValue, one), cast(SSAValue, other))


def _sequence(frame: Frame, patterns: Sequence[ast.pattern], value: Any, bound: Bindings) -> Fit:
    kind = class_of(value)
    if not issubclass(kind, Sequence) or issubclass(kind, str | bytes | bytearray):
        return False
    frame.folding.meet(value)
    items: list[Any] = run(list, value)
    stars = [i for i, pattern in enumerate(patterns) if isinstance(pattern, ast.MatchStar)]
    if not stars:
        if len(items) != len(patterns):
            return False
        pairs = zip(patterns, items, strict=True)
        return _all_of(frame, (matches(frame, pattern, item, bound) for pattern, item in pairs))
    before, after = stars[0], len(patterns) - stars[0] - 1
    if len(items) < before + after:
        return False
    star, end = patterns[before], len(items) - after
    assert isinstance(star, ast.MatchStar)
    if star.name is not None:
        bound[star.name] = items[before:end]
    rest = [*zip(patterns[:before], items[:before], strict=True)]
    rest += zip(patterns[before + 1 :], items[end:], strict=True)
    return _all_of(frame, (matches(frame, pattern, item, bound) for pattern, item in rest))


def _mapping(frame: Frame, pattern: ast.MatchMapping, value: Any, bound: Bindings) -> Fit:
    if not issubclass(class_of(value), Mapping):
        return False
    frame.folding.meet(value)
    keys = [_constant(frame, key) for key in pattern.keys]

    def parts() -> Iterator[Fit]:
        for key, inner in zip(keys, pattern.patterns, strict=True):
            item = run(value.get, key, _MISSING)
            yield item is not _MISSING and matches(frame, inner, item, bound)

    fits = _all_of(frame, parts())
    if fits is not False and pattern.rest is not None:
        bound[pattern.rest] = {k: v for k, v in value.items() if k not in keys}
    return fits


def _class(frame: Frame, pattern: ast.MatchClass, value: object, bound: Bindings) -> Fit:
    kind: Any = _constant(frame, pattern.cls)
    if not isinstance(kind, type):
        raise Raised(TypeError("called match pattern must be a class"))
    # Its class is the same at every call.
    known = value.kind() if isinstance(value, SymbolicNumber) else value
    if not isinstance(known, kind):
        return False
    inner = list(pattern.patterns)
    if (
        inner
        and any(issubclass(kind, one) for one in _SELF_MATCHING)
        and not hasattr(kind, "__match_args__")
    ):
        if len(inner) > 1:
            raise Raised(_too_many(kind, 1, len(inner)))
        first = matches(frame, inner[0], value, bound)
        others = _attributes(frame, pattern.kwd_attrs, pattern.kwd_patterns, value, bound)
        return _all_of(frame, (first, others)) if first is not False else False
    names: tuple[str, ...] = getattr(kind, "__match_args__", ())
    if len(inner) > len(names):
        raise Raised(_too_many(kind, len(names), len(inner)))
    wanted = [*names[: len(inner)], *pattern.kwd_attrs]
    return _attributes(frame, wanted, [*inner, *pattern.kwd_patterns], value, bound)


def _attributes(
    frame: Frame,
    names: Sequence[str],
    patterns: Sequence[ast.pattern],
    value: object,
    bound: Bindings,
) -> Fit:
    def parts() -> Iterator[Fit]:
        for name, pattern in zip(names, patterns, strict=True):
            try:
                item = get_attribute(frame, value, name)
            except Raised as raised:
                if isinstance(raised.exception, AttributeError):
                    yield False
                    return
                raise
            yield matches(frame, pattern, item, bound)

    return _all_of(frame, parts())


def _constant(frame: Frame, node: ast.expr) -> object:
    """Return a literal, or what a dotted name means."""
    match node:
        case ast.Name():
            return frame.load(node.id)
        case ast.Attribute():
            return get_attribute(frame, _constant(frame, node.value), node.attr)
        case _:
            return ast.literal_eval(node)


def _too_many(kind: type[Any], most: int, given: int) -> TypeError:
    plural = "" if most == 1 else "s"
    return TypeError(
        f"{kind.__name__}() accepts {most} positional sub-pattern{plural} ({given} given)"
    )
