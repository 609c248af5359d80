"""Random programs from tensors to tensors, called often: what ends in kernels and machine code.

Numbers are small multiples of 1/4, so that sums and products are exact in any order, until a
function such as tanh makes them rough; what is rough decides nothing and stays small.
"""

import random
from dataclasses import dataclass, replace

import numpy as np

from .observe import Case

_HEAD = """
def draw(seed, shape, dtype):
    numbers = np.random.default_rng(seed).integers(-8, 9, shape) / 4
    kind = np.dtype(dtype).kind
    return Tensor(numbers.astype(dtype) if kind == "f" else (numbers * 2).astype(dtype))


"""
_EXTENTS = (1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 64, 70)
_CALLS = 5
_LARGEST = 20_000
_DIGITS = {"float32": 24, "float64": 53, "int32": 31, "int64": 63, "bool": 1}


@dataclass(frozen=True)
class _Value:
    """What is known of a tensor: no element is larger, none has more binary places."""

    dtype: str
    shape: tuple
    bound: float = 2.0
    places: int = 2
    rough: bool = False

    @property
    def is_float(self):
        return self.dtype.startswith("float")

    @property
    def fits(self):
        if int(np.prod(self.shape)) > _LARGEST:
            return False
        if self.rough:
            return self.bound <= 50
        return self.bound * 2.0**self.places < 2.0 ** _DIGITS[self.dtype]


def kernels(seed):
    """Return the random program of a seed."""
    return _Kernels(seed).case()


class _Kernels:
    def __init__(self, seed):
        self.rng = random.Random(f"{seed} kernels")
        self.extents = self.rng.sample(_EXTENTS, 3)
        self.values = {}
        self.lines = []

    def case(self):
        count = self.rng.randint(1, 3)
        parameters = {f"x{n}": self._parameter() for n in range(count)}
        self.values |= parameters
        wanted = self.rng.randint(2, 10)
        for _ in range(60):
            if len(self.lines) < wanted:
                self._step()
        names = list(self.values)
        shown = self.rng.sample(names, min(len(names), self.rng.randint(1, 3)))
        if names[-1] not in shown:
            shown[0] = names[-1]
        head = f"def f({', '.join(parameters)}):"
        lines = [head, *(f"    {line}" for line in self.lines), f"    return {', '.join(shown)}"]
        # Exact numbers have one answer, but which of two zeros is the lesser is left open.
        loose = True if any(value.rough for value in self.values.values()) else "zeros"
        return Case(_HEAD + "\n".join(lines) + "\n", self._calls(parameters), loose)

    def _parameter(self):
        rank = self.rng.choice((0, 1, 1, 2, 2, 2, 3))
        shape = tuple(self.rng.choice(self.extents) for _ in range(rank))
        if int(np.prod(shape)) > _LARGEST:
            shape = shape[1:]
        dtype = self.rng.choice(("float32",) * 5 + ("float64", "int32", "int64", "bool"))
        return _drawn(dtype, shape)

    def _calls(self, parameters):
        calls = []
        for number in range(_CALLS):
            texts = []
            for value in parameters.values():
                dtype = value.dtype
                if number == 2 and dtype == "float32" and self.rng.random() < 0.1:
                    dtype = "float64"
                texts.append(f"draw({self.rng.randint(0, 999)}, {value.shape}, '{dtype}')")
            first, *others = parameters.values()
            if others and others[0] == first and self.rng.random() < 0.3:
                texts[:2] = [f"*[{texts[0]}] * 2"]
            calls.append(", ".join(texts))
        return calls

    def _step(self):
        name = self.rng.choice(list(self.values))
        steps = (self._arithmetic, self._arithmetic, self._number, self._function, self._reduction)
        steps += (self._view, self._view, self._choice, self._joined, self._product, self._cast)
        steps += (self._normalized, self._written, self._loop)
        made = self.rng.choice(steps)(name, self.values[name])
        if made is None:
            return
        text, value = made
        if not value.fits or 0 in value.shape:
            return
        target = f"y{len(self.lines)}"
        self.values[target] = value
        self.lines.append(f"{target} = {text}")

    def _partner(self, value):
        """Return another tensor that meets this one, and the shape of both."""
        fitting = []
        for name, other in self.values.items():
            try:
                shape = np.broadcast_shapes(value.shape, other.shape)
            except ValueError:
                continue
            fitting.append((name, other, shape))
        return self.rng.choice(fitting)

    def _arithmetic(self, name, value):
        other_name, other, shape = self._partner(value)
        made = _met(value, other, shape)
        match self.rng.choice(("+", "-", "*", "maximum", "minimum")):
            case "*":
                places = value.places + other.places
                made = replace(made, bound=value.bound * other.bound, places=places)
                text = f"{name} * {other_name}"
            case "+" | "-" as sign:
                if made.dtype == "bool":
                    return None
                made = replace(made, bound=value.bound + other.bound)
                text = f"{name} {sign} {other_name}"
            case function:
                if made.dtype == "bool":
                    return None
                text = f"ops.{function}({name}, {other_name})"
        return text, made

    def _number(self, name, value):
        if value.dtype == "bool":
            return None
        number = self.rng.choice((2, 3, -1)) if not value.is_float else self.rng.choice((0.5, -2.0))
        sign = self.rng.choice("+-*")
        bound = value.bound * abs(number) if sign == "*" else value.bound + abs(number)
        text = f"{name} {sign} {number}" if self.rng.random() < 0.6 else f"{number} {sign} {name}"
        return text, replace(value, bound=bound, places=value.places + value.is_float)

    def _function(self, name, value):
        if not value.is_float:
            return (f"abs({name})", value) if value.dtype != "bool" else None
        match self.rng.choice(("-", "abs", "relu", "tanh", "exp", "sqrt", "/")):
            case "-":
                return f"-{name}", value
            case "abs":
                return f"abs({name})", value
            case "relu":
                return f"ops.relu({name})", value
            case "tanh":
                return f"ops.tanh({name})", replace(value, bound=1.0, rough=True)
            case "exp":
                return f"ops.exp(ops.tanh({name}))", replace(value, bound=2.8, rough=True)
            case "sqrt":
                return f"ops.sqrt(abs({name}))", replace(value, bound=value.bound + 1, rough=True)
        other_name, other, shape = self._partner(value)
        made = _met(value, other, shape)
        return f"{name} / (abs({other_name}) + 1)", replace(made, bound=value.bound, rough=True)

    def _reduction(self, name, value):
        if not value.shape:
            return None
        axis = self.rng.randrange(-1, len(value.shape))
        length = value.shape[axis]
        kept = self.rng.random() < 0.5
        shape = list(value.shape)
        shape[axis : axis + 1 or None] = [1] if kept else []
        made = replace(value, shape=tuple(shape))
        options = f"({axis}, keepdims=True)" if kept else f"({axis})"
        match self.rng.choice(("sum", "sum", "max", "min", "mean", "argmax")):
            case "sum":
                made = replace(made, bound=value.bound * length)
                dtype = value.dtype if value.is_float else "int64"
                return f"{name}.sum{options}", replace(made, dtype=dtype)
            case "mean" if value.is_float:
                return f"{name}.mean{options}", replace(made, rough=True)
            case "argmax" if not value.rough and not kept:
                bound = float(length)
                return f"{name}.argmax({axis})", _Value("int64", made.shape, bound, 0)
            case method if method in ("max", "min") and value.dtype != "bool":
                return f"{name}.{method}{options}", made
        return None

    def _view(self, name, value):
        if not value.shape:
            return None
        length = value.shape[0]
        match self.rng.choice(("T", "flat", "reverse", "odd", "tail", "row", "column")):
            case "T":
                return f"{name}.T", replace(value, shape=value.shape[::-1])
            case "flat":
                return f"{name}.reshape(-1)", replace(value, shape=(int(np.prod(value.shape)),))
            case "reverse":
                return f"{name}[::-1]", value
            case "odd":
                return f"{name}[::2]", replace(value, shape=(-(-length // 2), *value.shape[1:]))
            case "tail":
                return f"{name}[1:]", replace(value, shape=(length - 1, *value.shape[1:]))
            case "row":
                return f"{name}[{self.rng.choice((0, -1))}]", replace(value, shape=value.shape[1:])
            case "column" if len(value.shape) > 1:
                return f"{name}[:, 0]", replace(value, shape=(length, *value.shape[2:]))
        return None

    def _choice(self, name, value):
        asked_name, asked, shape = self._partner(value)
        if asked.rough or value.rough:
            return None
        compare = self.rng.choice(("<", ">", "<=", "==", "!="))
        text = f"{name} {compare} {asked_name}"
        if value.dtype == "bool" or self.rng.random() < 0.3:
            return text, _Value("bool", shape, 1.0, 0)
        other_name, other, shape = self._partner(replace(value, shape=shape))
        return f"ops.where({text}, {name}, {other_name})", _met(value, other, shape)

    def _joined(self, name, value):
        same = [one for one, other in self.values.items() if other.shape == value.shape]
        other_name = self.rng.choice(same)
        made = _met(value, self.values[other_name], value.shape)
        if not value.shape or self.rng.random() < 0.4:
            return f"ops.stack([{name}, {other_name}])", replace(made, shape=(2, *value.shape))
        shape = (2 * value.shape[0], *value.shape[1:])
        return f"ops.concat([{name}, {other_name}])", replace(made, shape=shape)

    def _product(self, name, value):
        if len(value.shape) != 2 or not value.is_float:
            return None
        fitting = [
            one
            for one, other in self.values.items()
            if other.dtype == value.dtype and other.shape[:1] == value.shape[1:]
            if len(other.shape) == 2
        ]
        if not fitting:
            text, other, shape = f"{name}.T", value, (value.shape[0],) * 2
        else:
            text = self.rng.choice(fitting)
            other = self.values[text]
            shape = (value.shape[0], other.shape[1])
        bound = value.bound * other.bound * value.shape[1]
        rough, places = value.rough or other.rough, value.places + other.places
        return f"{name} @ {text}", _Value(value.dtype, shape, bound, places, rough)

    def _cast(self, name, value):
        dtype = self.rng.choice(("float32", "float64", "int64"))
        if dtype == "int64" and value.rough:
            return None
        return f"{name}.astype({dtype})", replace(value, dtype=dtype)

    def _normalized(self, name, value):
        if not value.is_float or not value.shape:
            return None
        name = name if not value.rough else f"ops.tanh({name})"
        power = f"ops.exp({name} - {name}.max(-1, keepdims=True))"
        return f"{power} / {power}.sum(-1, keepdims=True)", replace(value, bound=1.0, rough=True)

    def _written(self, name, value):
        if not value.shape or not value.is_float or name.startswith("x"):
            return None
        place = self.rng.choice(("0", "-1", "::2", "..."))
        self.lines.append(f"{name}[{place}] = {self.rng.choice((0.5, -1.0))}")
        self.values[name] = replace(value, bound=max(value.bound, 1.0))
        return None

    def _loop(self, name, value):
        if not value.is_float:
            return None
        other_name, other, shape = self._partner(value)
        if shape != value.shape or other.dtype != value.dtype:
            return None
        target = f"y{len(self.lines)}"
        bound, rough = value.bound + 3 * other.bound, value.rough or other.rough
        made = replace(value, bound=bound, rough=rough, places=max(value.places, other.places))
        if not made.fits:
            return None
        self.values[target] = made
        self.lines += [
            f"{target} = {name}",
            "for i in range(3):",
            f"    {target} = {target} + {other_name}",
        ]
        return None


def _drawn(dtype, shape):
    if dtype.startswith("float"):
        return _Value(dtype, shape)
    return _Value(dtype, shape, 1.0 if dtype == "bool" else 4.0, 0)


def _met(value, other, shape):
    """Return what two tensors give that meet, with the numbers of either."""
    order = ("bool", "int32", "int64", "float32", "float64")
    dtype = max(value.dtype, other.dtype, key=order.index)
    bound, places = max(value.bound, other.bound), max(value.places, other.places)
    return _Value(dtype, shape, bound, places, value.rough or other.rough)
