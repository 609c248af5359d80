"""Functions of single numbers, written as Python expressions that become LLVM IR."""

from __future__ import annotations

from collections.abc import Sequence

from .elements import FLOATS, Element, element_named
from .text import FunctionText

_ATTRIBUTES = "alwaysinline nounwind willreturn"


class Formula:
    """One function while it is written; `parameters` are its operands, all of one type."""

    def __init__(self, name: str, element: str, parameters: int = 1):
        self.text = FunctionText()
        self.declarations: dict[str, None] = {}
        """Intrinsics that it calls, and tables, as LLVM declares them."""
        self._name = name
        self._element = element_named(element)
        self.parameters = [Value(self, self._element, f"%x{n}") for n in range(parameters)]

    def constant(self, element: str, number: float) -> Value:
        """Return a number."""
        found = element_named(element)
        return Value(self, found, found.literal(number))

    def entry(self, name: str, numbers: Sequence[float], index: Value) -> Value:
        """Return the float64 at an index of a table that the module has under a name."""
        element = element_named("f64")
        listed = ", ".join(f"double {element.literal(number)}" for number in numbers)
        type = f"[{len(numbers)} x double]"
        declared = f"@foldaway.{name} = internal constant {type} [{listed}], align 64"
        self.declarations[declared] = None
        place = f"i64 {index.converted('i64').name}"
        address = self.text.assign(f"getelementptr inbounds double, ptr @foldaway.{name}, {place}")
        return Value(self, element, self.text.assign(f"load double, ptr {address}, align 8"))

    def call(self, name: str, *operands: Value) -> Value:
        """Call an intrinsic function of LLVM, whose result is of its operands' type."""
        element = operands[0].element
        type = element.register
        full = f"llvm.{name}.{FLOATS.get(type, type)}"
        self.declarations[f"declare {type} @{full}({', '.join([type] * len(operands))})"] = None
        listed = ", ".join(f"{type} {operand.name}" for operand in operands)
        return Value(self, element, self.text.assign(f"call {type} @{full}({listed})"))

    def finish(self, result: Value) -> str:
        """Return the function's text."""
        type = self._element.register
        listed = ", ".join(f"{type} {parameter.name}" for parameter in self.parameters)
        self.text.emit(f"ret {type} {result.name}")
        head = f"define internal {type} @foldaway.{self._name}({listed}) {_ATTRIBUTES}"
        return f"{head} {{\n{self.text.body()}\n}}\n"


class Value:
    """A number in a register. A Python number beside it is one of its type."""

    def __init__(self, formula: Formula, element: Element, name: str):
        self.formula = formula
        self.element = element
        self.name = name

    def _operand(self, other: Value | float) -> str:
        return other.name if isinstance(other, Value) else self.element.literal(other)

    def _written(self, element: Element, instruction: str) -> Value:
        return Value(self.formula, element, self.formula.text.assign(instruction))

    def _binary(self, name: str, other: Value | float) -> Value:
        operands = f"{self.element.register} {self.name}, {self._operand(other)}"
        return self._written(self.element, f"{name} {operands}")

    def __add__(self, other: Value | float) -> Value:
        return self._binary("fadd" if self.element.is_float else "add", other)

    def __sub__(self, other: Value | float) -> Value:
        return self._binary("fsub" if self.element.is_float else "sub", other)

    def __mul__(self, other: Value | float) -> Value:
        return self._binary("fmul" if self.element.is_float else "mul", other)

    def __truediv__(self, other: Value | float) -> Value:
        return self._binary("fdiv", other)

    def __rsub__(self, other: float) -> Value:
        return Value(self.formula, self.element, self._operand(other)) - self

    def __rtruediv__(self, other: float) -> Value:
        return Value(self.formula, self.element, self._operand(other)) / self

    def __neg__(self) -> Value:
        return self._written(self.element, f"fneg {self.element.register} {self.name}")

    def __lshift__(self, places: int) -> Value:
        return self._binary("shl", places)

    def __rshift__(self, places: int) -> Value:
        """Shift zeros in."""
        return self._binary("lshr", places)

    def __and__(self, other: Value | int) -> Value:
        return self._binary("and", other)

    def __or__(self, other: Value | int) -> Value:
        return self._binary("or", other)

    def __xor__(self, other: Value | int) -> Value:
        return self._binary("xor", other)

    def fma(self, factor: Value | float, term: Value | float) -> Value:
        """Return `self * factor + term`, rounded once."""
        operands = [
            other if isinstance(other, Value) else Value(self.formula, self.element, literal)
            for other, literal in ((factor, self._operand(factor)), (term, self._operand(term)))
        ]
        return self.formula.call("fma", self, *operands)

    def polynomial(self, coefficients: Sequence[float]) -> Value:
        """Return the polynomial of this number by Horner's rule, the highest power first."""
        first, second, *rest = coefficients
        total = self.fma(first, second)
        for coefficient in rest:
            total = total.fma(self, coefficient)
        return total

    def compare(self, predicate: str, other: Value | float) -> Value:
        """Return a bool, by LLVM's name of a comparison: `olt`, `uno`, `slt`, …."""
        instruction = "fcmp" if self.element.is_float else "icmp"
        operands = f"{self.element.register} {self.name}, {self._operand(other)}"
        return self._written(element_named("i1"), f"{instruction} {predicate} {operands}")

    def choose(self, yes: Value, no: Value | float) -> Value:
        """Return one number where this bool is true, else the other."""
        type = yes.element.register
        operands = f"i1 {self.name}, {type} {yes.name}, {type} {yes._operand(no)}"
        return self._written(yes.element, f"select {operands}")

    def size(self) -> Value:
        """Return the absolute value."""
        return self.formula.call("fabs", self)

    def signed_as(self, other: Value) -> Value:
        """Return this size with the sign of another number."""
        return self.formula.call("copysign", self, other)

    def floor(self) -> Value:
        """Return the greatest whole number that isn't greater."""
        return self.formula.call("floor", self)

    def bits(self) -> Value:
        """Return the bits of a float as an integer."""
        return self._as("i32" if self.element.register == "float" else "i64", "bitcast")

    def real(self) -> Value:
        """Return the float with these bits."""
        return self._as("f32" if self.element.register == "i32" else "f64", "bitcast")

    def converted(self, element: str) -> Value:
        """Return the number as one of another type: wider or narrower, or a float of an integer."""
        if self.element.is_float:
            return self._as(element, "fpext" if element == "f64" else "fptrunc")
        return self._as(element, "sitofp" if element_named(element).is_float else "zext")

    def _as(self, element: str, instruction: str) -> Value:
        target = element_named(element)
        text = f"{instruction} {self.element.register} {self.name} to {target.register}"
        return self._written(target, text)
