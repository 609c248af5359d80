"""A Python function that is made for one compiled form: what a call asks, in one frame.

The same questions are asked by `Specialization.holds` and the key of a call, one by one, which
takes several times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from types import CodeType
from typing import TYPE_CHECKING, Any

from ..dialects.dtypes import TensorSpec
from .arrays import numpy_dtype
from .guards import LOST, AnyGuard, Guard
from .retreat import Retreat
from .signature import signature_of
from .tensor import Tensor

if TYPE_CHECKING:
    from .specialization import Specialization

MISS = object()
"""What a quick entry gives when the form may be the wrong one: then others are asked."""

_MOST_GUARDS = 200
"""Above these, one call of a function more or less doesn't count."""


class QuickEntry:
    """The function of one form, which takes the arguments by position.

    `keys` are the arguments' keys, `unchanged` says whether the settings are those that the form
    is for. `enter` gives what the form gives, `MISS` if that may be the wrong one; None for a form
    with so many guards that it isn't worth it.
    """

    def __init__(
        self, one: Specialization, keys: tuple[object, ...], unchanged: Callable[[], bool]
    ):
        self.form = one
        self.asked_natively = False
        """Whether machine code was asked to take the calls over."""
        self.native: object = None
        """What it takes them over with."""
        self.strayed = 0
        """How many calls came here since then all the same."""
        self.unchanged = unchanged
        self.count = len(keys)
        self.enter = _entry(one, keys, unchanged) if len(one.asked) <= _MOST_GUARDS else None


def _entry(
    one: Specialization, keys: tuple[object, ...], unchanged: Callable[[], bool]
) -> Callable[..., object]:
    names = _Names()
    arguments = [f"a{index}" for index in range(len(keys))]
    asked = [f"{names(unchanged)}()"]
    for argument, key in zip(arguments, keys, strict=True):
        asked += _fits(names, argument, key)
    asked += [_holds(names, guard) for guard in one.asked]
    text = _TEXT.format(
        arguments=", ".join(arguments),
        together="".join(f"{argument}, " for argument in arguments),
        asked="\n            and ".join(asked),
        inputs="".join(f"{source.text(names)}, " for source in one.inputs),
        report=names(one.report),
        entry=names(one.entry),
        given_up=names(one.given_up),
    )
    space: dict[str, Any] = {"LOST": LOST, "MISS": MISS, "Tensor": Tensor, "Retreat": Retreat}
    space |= names.space
    exec(_compiled(text), space)
    return space["enter"]


_TEXT = """
def enter({arguments}):
    arguments = ({together})
    try:
        if not (
            {asked}
        ):
            return MISS
        inputs = ({inputs})
    except LOST:
        return MISS
    {report}.python_calls += 1
    try:
        return {entry}(*inputs)
    except Retreat as retreat:
        raise {given_up}(retreat) from None
"""


class _Names:
    """Names for the objects of one text; those at the same place of two texts are the same."""

    def __init__(self) -> None:
        self.space: dict[str, Any] = {}

    def __call__(self, value: object) -> str:
        name = f"k{len(self.space)}"
        self.space[name] = value
        return name


def _fits(names: _Names, argument: str, key: object) -> list[str]:
    """Return the conditions for an argument to have a key."""
    if isinstance(key, TensorSpec):
        array, dtype, shape = f"{argument}_", names(numpy_dtype(key.dtype)), names(key.shape)
        return [
            f"type({argument}) is Tensor",
            f"{argument}._value is None",
            f"({array}.dtype is {dtype} and {array}.shape == {shape}"
            f" if ({array} := {argument}._array) is not None else {argument}.spec == {names(key)})",
        ]
    if key is int or key is float:
        return [f"type({argument}) is {key.__name__}"]
    return [f"{names(signature_of)}({argument}) == {names(key)}"]


def _holds(names: _Names, guard: AnyGuard) -> str:
    if isinstance(guard, Guard):
        return f"{names(guard.check)}({guard.source.text(names)})"
    return f"{names(guard.holds)}(arguments)"


@lru_cache(256)
def _compiled(text: str) -> CodeType:
    return compile(text, "<entry of a compiled function>", "exec")
