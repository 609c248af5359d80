"""What each op of arith and math on scalars is in LLVM IR."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from xdsl.dialects import arith, math
from xdsl.dialects.builtin import FloatAttr, IntegerAttr
from xdsl.ir import Attribute, Operation

from .definitions import has_formula
from .elements import FLOATS, Element, element_of
from .instructions import Instructions
from .text import FunctionText
from .unlowered import unlowered

_INTEGER_BINARY: dict[type[Operation], str] = {
    **{arith.AddiOp: "add", arith.SubiOp: "sub", arith.MuliOp: "mul"},
    **{arith.AndIOp: "and", arith.OrIOp: "or", arith.XOrIOp: "xor"},
}
_FLOAT_BINARY: dict[type[Operation], str] = {
    **{arith.AddfOp: "fadd", arith.SubfOp: "fsub", arith.MulfOp: "fmul", arith.DivfOp: "fdiv"},
}
_GUARDED: set[type[Operation]] = {
    *(arith.DivSIOp, arith.DivUIOp, arith.RemSIOp, arith.RemUIOp),
    *(arith.ShLIOp, arith.ShRSIOp, arith.ShRUIOp),
}
"""Ops that LLVM leaves undefined for some operands; `definitions` says what they give then."""

_INTRINSICS: dict[type[Operation], str] = {
    **{math.SqrtOp: "sqrt", math.FloorOp: "floor", math.CeilOp: "ceil", math.TruncOp: "trunc"},
    **{math.RoundEvenOp: "roundeven", math.RoundOp: "round", math.AbsFOp: "fabs"},
    **{math.CopySignOp: "copysign", math.FmaOp: "fma"},
    **{arith.MaximumfOp: "maximum", arith.MinimumfOp: "minimum"},
    **{arith.MaxnumfOp: "maxnum", arith.MinnumfOp: "minnum"},
    **{arith.MaxSIOp: "smax", arith.MinSIOp: "smin", arith.MaxUIOp: "umax", arith.MinUIOp: "umin"},
    **{math.CtPopOp: "ctpop"},
}
_INTRINSICS_WITH_FLAG: dict[type[Operation], str] = {
    **{math.AbsIOp: "abs", math.CountLeadingZerosOp: "ctlz", math.CountTrailingZerosOp: "cttz"},
}
"""Intrinsics whose last argument says whether some operand is undefined; none is."""

_LIBRARY: dict[type[Operation], str] = {
    **{math.ExpOp: "exp", math.Exp2Op: "exp2", math.ExpM1Op: "expm1"},
    **{math.LogOp: "log", math.Log2Op: "log2", math.Log10Op: "log10", math.Log1pOp: "log1p"},
    **{math.SinOp: "sin", math.CosOp: "cos", math.TanOp: "tan"},
    **{math.AsinOp: "asin", math.AcosOp: "acos", math.AtanOp: "atan", math.Atan2Op: "atan2"},
    **{math.SinhOp: "sinh", math.CoshOp: "cosh", math.TanhOp: "tanh"},
    **{math.AsinhOp: "asinh", math.AcoshOp: "acosh", math.AtanhOp: "atanh"},
    **{math.ErfOp: "erf", math.PowFOp: "pow", math.CbrtOp: "cbrt"},
}
_EXACT: set[type[Operation]] = {
    *(math.FloorOp, math.CeilOp, math.TruncOp, math.RoundEvenOp, math.RoundOp, math.AbsFOp),
    *(math.CopySignOp, arith.MaximumfOp, arith.MinimumfOp, arith.MaxnumfOp, arith.MinnumfOp),
}
"""Ops whose result on two 16-bit floats is one again, so that it needs no rounding."""

COMPARE_INTEGERS = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
COMPARE_FLOATS = (
    *("false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord"),
    *("ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true"),
)


class ScalarText:
    """Writes scalar ops into a function; knows which other functions they call."""

    def __init__(
        self, text: FunctionText, *, instructions: Instructions, is_single: bool = False
    ) -> None:
        self.text = text
        self.is_single = is_single
        """Whether all is computed once: a float64 may be a number of Python's, and is as exact."""
        self.instructions = instructions
        self.definitions: dict[str, None] = {}
        self.declarations: dict[str, None] = {}

    def emit(self, op: Operation, operands: Sequence[str], flags: str = "") -> str:
        """Write an op with one result; return its name. `flags` are LLVM's fast-math flags."""
        kind = type(op)
        if kind in _CONVERSIONS:
            return self._convert(kind, op, operands[0])
        result = element_of(op.results[0].type)
        if kind in _INTEGER_BINARY:
            joined = ", ".join(operands)
            return self.text.assign(f"{_INTEGER_BINARY[kind]} {result.register} {joined}")
        if kind in _FLOAT_BINARY:
            value = f"{_FLOAT_BINARY[kind]} {flags}{result.register} {', '.join(operands)}"
            return self.rounded(self.text.assign(value), result)
        if kind in _GUARDED:
            name = f"{op.name.removeprefix('arith.')}.{result.register}"
            return self.call_definition(name, result.register, [(result.register, operands)])
        return self._other(kind, op, operands, result, flags)

    def _other(
        self,
        kind: type[Operation],
        op: Operation,
        operands: Sequence[str],
        result: Element,
        flags: str,
    ) -> str:
        type = result.register
        if kind in _INTRINSICS:
            value = self._intrinsic(_INTRINSICS[kind], result, operands, flags=flags)
            return value if kind in _EXACT else self.rounded(value, result)
        if kind in _INTRINSICS_WITH_FLAG:
            name = _INTRINSICS_WITH_FLAG[kind]
            return self._intrinsic(name, result, operands, ", i1 false")
        if kind in _LIBRARY:
            return self.rounded(self._library(_LIBRARY[kind], type, operands), result)
        if isinstance(op, arith.CmpiOp | arith.CmpfOp):
            return self._compare(op, operands)
        if isinstance(op, arith.SelectOp):
            condition, yes, no = operands
            return self.text.assign(f"select i1 {condition}, {type} {yes}, {type} {no}")
        if isinstance(op, arith.NegfOp):
            return self.text.assign(f"fneg {type} {operands[0]}")
        if isinstance(op, math.RsqrtOp):
            root = self._intrinsic("sqrt", result, operands)
            one = result.literal(1)
            return self.rounded(self.text.assign(f"fdiv {type} {one}, {root}"), result)
        if isinstance(op, math.FPowIOp):
            whole = element_of(op.operands[1].type).register
            power = self.text.assign(f"sitofp {whole} {operands[1]} to {type}")
            return self.rounded(self._library("pow", type, [operands[0], power]), result)
        unlowered(op)

    def _compare(self, op: arith.CmpiOp | arith.CmpfOp, operands: Sequence[str]) -> str:
        type = element_of(op.lhs.type).register
        number = op.predicate.value.data
        if isinstance(op, arith.CmpfOp):
            return self.text.assign(f"fcmp {COMPARE_FLOATS[number]} {type} {', '.join(operands)}")
        return self.text.assign(f"icmp {COMPARE_INTEGERS[number]} {type} {', '.join(operands)}")

    def _intrinsic(
        self,
        name: str,
        element: Element,
        operands: Sequence[str],
        more: str = "",
        flags: str = "",
    ) -> str:
        type = element.register
        full = f"llvm.{name}.{FLOATS.get(type, type)}"
        types = ", ".join([type] * len(operands))
        self.declarations[f"declare {type} @{full}({types}{more.removesuffix(' false')})"] = None
        arguments = ", ".join(f"{type} {operand}" for operand in operands)
        return self.text.assign(f"call {flags}{type} @{full}({arguments}{more})")

    def _library(self, name: str, type: str, operands: Sequence[str]) -> str:
        """Call a function of C's mathematical library, or what is written in its place."""
        if self._has_formula(name, type):
            formula = f"{name}.{FLOATS[type]}"
            return self.call_definition(formula, type, [(type, operands)])
        full = f"{name}f" if type == "float" else name
        types = ", ".join([type] * len(operands))
        self.declarations[f"declare {type} @{full}({types}) #1"] = None
        arguments = ", ".join(f"{type} {operand}" for operand in operands)
        return self.text.assign(f"call {type} @{full}({arguments}) #1")

    def call_definition(
        self, name: str, result: str, arguments: Sequence[tuple[str, Sequence[str]]]
    ) -> str:
        """Call one of `definitions`; arguments are operands grouped by type."""
        self.definitions[name] = None
        listed = ", ".join(f"{type} {value}" for type, values in arguments for value in values)
        return self.text.assign(f"call {result} @foldaway.{name}({listed})")

    def is_vectorised(self, op: Operation) -> bool:
        """Return whether LLVM can do an op on whole vectors."""
        kind = type(op)
        if kind in _LIBRARY:
            return self._has_formula(_LIBRARY[kind], element_of(op.results[0].type).register)
        return kind not in _GUARDED

    def _has_formula(self, name: str, type: str) -> bool:
        is_python = self.is_single and type == "double"
        return self.instructions.fma and not is_python and has_formula(name, type)

    def rounded(self, value: str, element: Element) -> str:
        """Return a float rounded to the 16 bits of its type; others as they are."""
        if not element.is_narrow:
            return value
        if type := self._converted(element):
            narrow = self.text.assign(f"fptrunc float {value} to {type}")
            return self.text.assign(f"fpext {type} {narrow} to float")
        return self.call_definition(f"{element.name}.round", "float", [("float", [value])])

    def _converted(self, element: Element) -> str:
        """Return LLVM's type of a 16-bit float that an instruction converts; "" for none."""
        if element.name == "f16":
            return "half" if self.instructions.half else ""
        return "bfloat" if self.instructions.bfloat else ""

    def to_memory(self, value: str, element: Element) -> str:
        """Return a register's value as it stands in memory."""
        if element.name == "i1":
            return self.text.assign(f"zext i1 {value} to i8")
        if not element.is_narrow:
            return value
        if type := self._converted(element):
            narrow = self.text.assign(f"fptrunc float {value} to {type}")
            return self.text.assign(f"bitcast {type} {narrow} to i16")
        return self.call_definition(f"{element.name}.to_bits", "i16", [("float", [value])])

    def from_memory(self, value: str, element: Element) -> str:
        """Return what stands in memory as a register holds it; any byte but 0 is true."""
        if element.name == "i1":
            return self.text.assign(f"icmp ne i8 {value}, 0")
        if not element.is_narrow:
            return value
        if type := self._converted(element):
            narrow = self.text.assign(f"bitcast i16 {value} to {type}")
            return self.text.assign(f"fpext {type} {narrow} to float")
        return self.call_definition(f"{element.name}.from_bits", "float", [("i16", [value])])

    def _convert(self, kind: type[Operation], op: Operation, value: str) -> str:
        source, target = element_of(op.operands[0].type), element_of(op.results[0].type)
        if kind is arith.BitcastOp:
            return self._bitcast(value, source, target)
        if kind in (arith.ExtFOp, arith.TruncFOp):
            return self._convert_float(value, source, target)
        if kind in (arith.FPToSIOp, arith.FPToUIOp):
            name = f"{op.name.removeprefix('arith.')}.{source.register}.{target.register}"
            return self.call_definition(name, target.register, [(source.register, [value])])
        instruction = _CONVERSIONS[kind]
        if kind is arith.IndexCastOp:
            instruction = "sext" if source.bits < target.bits else "trunc"
        if source.register == target.register:
            return value
        text = f"{instruction} {source.register} {value} to {target.register}"
        return self.rounded(self.text.assign(text), target)

    def _convert_float(self, value: str, source: Element, target: Element) -> str:
        if source.register == target.register:
            return self.rounded(value, target) if target != source else value
        if target.register == "double":
            return self.text.assign(f"fpext float {value} to double")
        if target.name == "f16":
            self.declarations["declare double @llvm.fabs.f64(double)"] = None
            return self.rounded(self.call_definition("odd", "float", [("double", [value])]), target)
        # bfloat16 is rounded twice, as ml_dtypes does.
        return self.rounded(self.text.assign(f"fptrunc double {value} to float"), target)

    def _bitcast(self, value: str, source: Element, target: Element) -> str:
        if source.name == target.name:
            return value
        bits = self.to_memory(value, source)
        if source.memory != target.memory:
            bits = self.text.assign(f"bitcast {source.memory} {bits} to {target.memory}")
        return self.from_memory(bits, target)


_CONVERSIONS: dict[type[Operation], str] = {
    **{arith.ExtFOp: "", arith.TruncFOp: "", arith.FPToSIOp: "", arith.FPToUIOp: ""},
    **{arith.BitcastOp: "", arith.IndexCastOp: ""},
    **{arith.SIToFPOp: "sitofp", arith.UIToFPOp: "uitofp"},
    **{arith.ExtSIOp: "sext", arith.ExtUIOp: "zext", arith.TruncIOp: "trunc"},
}


def literal(op: arith.ConstantOp) -> str:
    """Return the number of a scalar constant in LLVM's syntax."""
    value = cast(Attribute, op.value)
    element = element_of(op.result.type)
    if isinstance(value, IntegerAttr):
        return element.literal(cast("IntegerAttr[Attribute]", value).value.data)  # pyright: ignore[reportInvalidTypeArguments]
    if isinstance(value, FloatAttr):
        return element.literal(cast("FloatAttr[Attribute]", value).value.data)  # pyright: ignore[reportInvalidTypeArguments]
    unlowered(op)
