"""Worlds that programs change, and whether a compiled one changes them as plain Python does."""

import types
from collections import Counter, OrderedDict, defaultdict, deque

from foldaway import Tensor, jit


class Box:
    """An instance with whatever attributes a test needs."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


def picture(value, seen=None):
    """Return a text of all that can be reached from a value, and of what is the same object."""
    seen = {} if seen is None else seen
    if isinstance(value, int | float | str | bytes | type(None) | type | types.FunctionType):
        return f"{type(value).__name__}:{value!r}"
    if id(value) in seen:
        return f"#{seen[id(value)][0]}"
    seen[id(value)] = (len(seen), value)
    kind = type(value).__name__
    if isinstance(value, Tensor):
        return f"{kind}({value.dtype} {value.tolist()})"
    if isinstance(value, dict):
        pairs = [f"{picture(k, seen)}={picture(v, seen)}" for k, v in value.items()]
        return f"{kind}({', '.join(pairs)})"
    if isinstance(value, set | frozenset):
        return f"{kind}({sorted(map(repr, value))})"
    if isinstance(value, list | tuple | deque | bytearray):
        return f"{kind}({', '.join(picture(item, seen) for item in value)})"
    slots = [n for n in getattr(type(value), "__slots__", ()) if hasattr(value, n)]
    names = [*getattr(value, "__dict__", ()), *slots]
    return f"{kind}({', '.join(f'{n}={picture(getattr(value, n), seen)}' for n in names)})"


def outcome(function, world):
    try:
        result = function(world)
    except Exception as error:
        return f"{type(error).__name__}{error.args}" + picture(world)
    return picture((result, world))


def agrees(function, make, calls=3):
    """Check that a function and its compiled form do the same to worlds of their own."""
    plain, world = make(), make()
    compiled = jit(function)
    for _ in range(calls):
        assert outcome(compiled, world) == outcome(function, plain)
    return compiled


def box():
    return Box(
        n=0,
        x=Tensor([1.0, 2.0]),
        items=[1, 2, 3],
        table={"a": 1, "b": 2},
        names={"p", "q"},
        digits={1, 2, 3},
        inner=Box(n=5, items=[]),
        queue=deque([1, 2], maxlen=3),
        ordered=OrderedDict(a=1, b=2),
        counts=Counter("aab"),
        groups=defaultdict(list),
        data=bytearray(b"ab"),
    )
