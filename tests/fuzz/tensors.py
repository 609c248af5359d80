"""Random expressions that give tensors, and arrays."""

from .containers import ContainerExpressions
from .expressions import SHAPES

_FLOATS = ("float32", "float64")


class TensorExpressions(ContainerExpressions):
    """Expressions, those of tensors included: operators, reductions, slices, functions."""

    def dimension(self):
        found = self.variable_like("tensor")
        if not found:
            return self.literal("int")
        name, (_, _, rank) = found
        shapes = [f"{name}.ndim", f"{name}.size"]
        if rank:
            shapes += [f"{name}.shape[{self.pick(0, -1)}]", f"len({name})"]
        return self.rng.choice(shapes)

    def some_tensor(self, depth):
        """Return any tensor's text and kind; one of a variable where there is one."""
        found = self.variable_like("tensor")
        if found and self.chance(0.7):
            return found
        kind = self.tensor_kind()
        return self.expression(kind, depth - 1), kind

    def _tensor(self, kind, depth):
        _, dtype, rank = kind
        if dtype == "bool_":
            return self._bools(kind, depth)
        same = lambda: self.expression(kind, depth - 1)  # noqa: E731
        match self.rng.randrange(17):
            case 0 | 1 | 2:
                return f"({same()} {self.pick('+', '-', '*')} {self._lesser(kind, depth)})"
            case 3 | 4:
                return self._with_number(same(), dtype, depth)
            case 5 if dtype in _FLOATS:
                return f"({same()} / {self.pick('2', '4.0', self._lesser(kind, depth))})"
            case 6:
                return self.pick(
                    f"(-{same()})", f"abs({same()})", f"{same()}.abs()", f"(+{same()})"
                )
            case 7:
                text, other = self.some_tensor(depth)
                return self._fitted(text, other, kind)
            case 8 if rank < 2:
                return self._reduced(kind, depth)
            case 9 if rank == 1:
                text = same()
                return f"{text}{self.pick('[::-1]', '[:]')}"
            case 10:
                condition = self.expression(("tensor", "bool_", rank), depth - 1)
                return f"ops.where({condition}, {same()}, {same()})"
            case 11:
                return f"ops.{self.pick('maximum', 'minimum')}({same()}, {same()})"
            case 12 if dtype in _FLOATS and self.chance(0.5):
                self.loose = True
                function = self.pick("tanh", "exp", "sqrt")
                inner = f"abs({same()})" if function == "sqrt" else f"ops.tanh({same()})"
                return f"ops.{function}({inner})"
            case 13:
                return f"({same()} {self.pick('//', '%')} {self.pick('2', '3')})"
            case 14:
                return self.item(kind, depth)
            case 15 if rank:
                return self._from_array(kind, depth)
            case _:
                return self.atom(kind)

    def _lesser(self, kind, depth):
        """Return a tensor that joins one of this kind without changing what comes out."""
        _, dtype, rank = kind
        return self.expression(("tensor", dtype, self.rng.randint(0, rank)), depth - 1)

    def _with_number(self, text, dtype, depth):
        number = self.expression("float" if dtype in _FLOATS else "int", depth - 1)
        if self.chance(0.3):
            return f"({number} {self.pick('+', '-', '*')} {text})"
        return f"({text} {self.pick('+', '-', '*')} {number})"

    def _fitted(self, text, other, kind):
        """Return a tensor of another kind made this one."""
        (_, dtype, rank), (_, own, has) = kind, other
        if has > rank:
            text = (
                f"({text}).sum()" if rank == 0 else f"{text}{self.pick('[0]', '[-1]', '.max(0)')}"
            )
        elif rank > has:
            text = f"({text} + {self.literal(('tensor', own, rank))})"
        if own != dtype or self.chance(0.05):
            text = f"{text}.astype({dtype})"
        return text

    def _reduced(self, kind, depth):
        _, dtype, rank = kind
        more = self.expression(("tensor", dtype, rank + 1), depth - 1)
        axis = self.pick("", "0") if rank == 0 else "0"
        method = self.pick("sum", "max", "min")
        if dtype == "float32" and self.chance(0.1):
            self.loose, method = True, "mean"
        text = f"{more}.{method}({axis})"
        if method == "sum" and dtype == "int32":
            text = f"{text}.astype(int32)"
        return text

    def _bools(self, kind, depth):
        rank = kind[2]
        number = ("tensor", self.pick("float32", "float32", "int64"), rank)
        match self.rng.randrange(5):
            case 0 | 1:
                compare = self.pick("<", ">", "<=", "==", "!=")
                a = self.expression(number, depth - 1)
                return f"({a} {compare} {self._lesser(number, depth)})"
            case 2:
                literal = self.literal("float" if number[1] == "float32" else "int")
                return f"({self.expression(number, depth - 1)} {self.pick('<', '>=')} {literal})"
            case 3 if rank == 0:
                more = self.expression(("tensor", "bool_", 1), depth - 1)
                return f"{more}.{self.pick('any', 'all')}()"
            case _:
                return self.atom(kind)

    def _from_array(self, kind, depth):
        """Return a tensor made of an array: of a constant one, or of an argument."""
        _, dtype, rank = kind
        if self.has("arrays") and self.chance(0.7):
            return f"Tensor({self.expression(('array', dtype, rank), depth - 1)})"
        if self.chance(0.5):
            count = 3 if rank == 1 else 6
            return f"Tensor(np.arange({count}).reshape({SHAPES[rank]}).astype(np.{dtype}))"
        return f"Tensor({self.array_literal(kind)})"

    def _array(self, kind, depth):
        _, dtype, rank = kind
        same = lambda: self.expression(kind, depth - 1)  # noqa: E731
        match self.rng.randrange(8):
            case 0 | 1 | 2:
                return f"({same()} {self.pick('+', '-', '*')} {same()})"
            case 3:
                number = self.literal("int")
                return f"({same()} {self.pick('+', '*')} {number})"
            case 4:
                return f"np.{self.pick('maximum', 'minimum')}({same()}, {same()})"
            case 5 if rank == 1:
                return f"{same()}{self.pick('[::-1]', '[:]', '.copy()')}"
            case 6 if self.has("reads"):
                return f"{self.expression(('tensor', dtype, rank), depth - 1)}.asnumpy().copy()"
            case _:
                return self.atom(kind)
