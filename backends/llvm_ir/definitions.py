"""Small functions in LLVM IR that kernels call, written once into a module that needs them.

They say what LLVM leaves undefined (a division by zero, a shift by too much, a float that no
integer holds: as NumPy on x86), and convert 16-bit floats where the machine has no instruction.
"""

from __future__ import annotations

from functools import cache

from . import composed, in_doubles, transcendentals
from .elements import FLOATS
from .formula import Formula

_ATTRIBUTES = "alwaysinline nounwind willreturn memory(none)"


def definition(name: str) -> str:
    """Return the text of the function `@foldaway.<name>`."""
    kind, *rest = name.split(".")
    if kind in ("divsi", "divui", "remsi", "remui"):
        return _division(kind, rest[0])
    if kind in ("shli", "shrsi", "shrui"):
        return _shift(kind, rest[0])
    if kind in ("fptosi", "fptoui"):
        return _to_integer(kind, *rest)
    return _formula(name)[0] if name in _FORMULAS else _function(*_FIXED[name])


def needs(name: str) -> tuple[str, ...]:
    """Return the definitions that the definition `name` calls."""
    kind, *rest = name.split(".")
    if kind == "fptoui" and rest[1] in ("i32", "i64"):
        return (f"fptosi.{rest[0]}.{rest[1]}",)
    return _CALLS.get(name, ())


def declared(name: str) -> tuple[str, ...]:
    """Return the lines that declare what the definition `name` calls of LLVM, and its tables."""
    return _formula(name)[1] if name in _FORMULAS else ()


def has_formula(function: str, type: str) -> bool:
    """Return whether a function of C is a definition for LLVM's type, as `exp.f32` for `float`."""
    return f"{function}.{FLOATS[type]}" in _FORMULAS


_FORMULAS = {
    **{
        f"{name}.f32": function
        for name, function in {**in_doubles.FORMULAS, **composed.FORMULAS}.items()
    },
    **{
        f"{name}.{element}": function
        for name, function in transcendentals.FORMULAS.items()
        for element in ("f32", "f64")
    },
}


@cache
def _formula(name: str) -> tuple[str, tuple[str, ...]]:
    kind, _, element = name.rpartition(".")
    made = Formula(name, element, 2 if kind in ("pow", "atan2") else 1)
    text = made.finish(_FORMULAS[name](*made.parameters))
    return text, tuple(made.declarations)


def _function(head: str, body: str) -> str:
    lines = "\n".join(f"  {line.strip()}" for line in body.strip().splitlines())
    return f"define internal {head} {_ATTRIBUTES} {{\n{lines}\n}}\n"


def _division(kind: str, type: str) -> str:
    """A divisor of 0 gives 0; the least number by -1 wraps, where x86 would trap."""
    signed = kind.endswith("si")
    instruction = f"{'s' if signed else 'u'}{kind[:3]}"
    lines = [f"%zero = icmp eq {type} %b, 0"]
    odd = "%zero"
    if signed and type != "i1":
        least = -(1 << (int(type[1:]) - 1))
        lines += [
            f"%least = icmp eq {type} %a, {least}",
            f"%minus = icmp eq {type} %b, -1",
            "%wraps = and i1 %least, %minus",
            "%odd = or i1 %zero, %wraps",
        ]
        odd = "%odd"
    lines += [
        f"%d = select i1 {odd}, {type} 1, {type} %b",
        f"%q = {instruction} {type} %a, %d",
        f"%r = select i1 %zero, {type} 0, {type} %q",
        f"ret {type} %r",
    ]
    return _function(f"{type} @foldaway.{kind}.{type}({type} %a, {type} %b)", "\n".join(lines))


def _shift(kind: str, type: str) -> str:
    """A shift by the width or more leaves zeros, or copies of the sign."""
    width = int(type[1:])
    instruction = {"shli": "shl", "shrsi": "ashr", "shrui": "lshr"}[kind]
    lines = [f"%fits = icmp ult {type} %b, {width}"] if width > 1 else ["%fits = xor i1 %b, true"]
    most = width - 1 if kind == "shrsi" else 0
    lines += [
        f"%n = select i1 %fits, {type} %b, {type} {most}" if width > 1 else "%n = and i1 %b, false",
        f"%s = {instruction} {type} %a, %n",
    ]
    if kind == "shrsi":
        lines.append(f"ret {type} %s")
    else:
        zero = "false" if width == 1 else "0"
        lines += [f"%r = select i1 %fits, {type} %s, {type} {zero}", f"ret {type} %r"]
    return _function(f"{type} @foldaway.{kind}.{type}({type} %a, {type} %b)", "\n".join(lines))


def _to_integer(kind: str, source: str, target: str) -> str:
    """What doesn't fit is the least number of 32 or 64 bits, cut off to the target."""
    head = f"{target} @foldaway.{kind}.{source}.{target}({source} %x)"
    if target in ("i1", "i8", "i16"):
        return _function(
            head,
            f"""%above = fcmp oge {source} %x, {_power(31, -1)}
            %below = fcmp olt {source} %x, {_power(31)}
            %fits = and i1 %above, %below
            %n = fptosi {source} %x to i32
            %w = select i1 %fits, i32 %n, i32 {-(1 << 31)}
            %r = trunc i32 %w to {target}
            ret {target} %r""",
        )
    top = int(target[1:]) - 1
    if kind == "fptosi":
        return _function(
            head,
            f"""%above = fcmp oge {source} %x, {_power(top, -1)}
            %below = fcmp olt {source} %x, {_power(top)}
            %fits = and i1 %above, %below
            %n = fptosi {source} %x to {target}
            %r = select i1 %fits, {target} %n, {target} {-(1 << top)}
            ret {target} %r""",
        )
    return _function(
        head,
        f"""%big = fcmp oge {source} %x, {_power(top)}
        %less = fsub {source} %x, {_power(top)}
        %y = select i1 %big, {source} %less, {source} %x
        %n = call {target} @foldaway.fptosi.{source}.{target}({source} %y)
        %flipped = xor {target} %n, {-(1 << top)}
        %r = select i1 %big, {target} %flipped, {target} %n
        ret {target} %r""",
    )


def _power(exponent: int, sign: int = 1) -> str:
    """Return ±2^exponent as LLVM writes a float or a double."""
    return f"{sign * 2.0**exponent:.1f}"


_CALLS = {
    "f16.round": ("f16.to_bits", "f16.from_bits"),
    "bf16.round": ("bf16.to_bits", "bf16.from_bits"),
}

_FIXED = {
    "bf16.from_bits": (
        "float @foldaway.bf16.from_bits(i16 %b)",
        """%w = zext i16 %b to i32
        %s = shl i32 %w, 16
        %r = bitcast i32 %s to float
        ret float %r""",
    ),
    # Round to the nearest, ties to even; every nan becomes the quiet one of its sign.
    "bf16.to_bits": (
        "i16 @foldaway.bf16.to_bits(float %x)",
        """%b = bitcast float %x to i32
        %top = lshr i32 %b, 16
        %odd = and i32 %top, 1
        %half = add i32 %odd, 32767
        %up = add i32 %b, %half
        %n = lshr i32 %up, 16
        %sign = and i32 %top, 32768
        %quiet = or i32 %sign, 32704
        %nan = fcmp uno float %x, 0.0
        %w = select i1 %nan, i32 %quiet, i32 %n
        %r = trunc i32 %w to i16
        ret i16 %r""",
    ),
    "bf16.round": (
        "float @foldaway.bf16.round(float %x)",
        """%b = call i16 @foldaway.bf16.to_bits(float %x)
        %r = call float @foldaway.bf16.from_bits(i16 %b)
        ret float %r""",
    ),
    # The exponent moves by 112; a subnormal is normalised by a subtraction of floats.
    "f16.from_bits": (
        "float @foldaway.f16.from_bits(i16 %b)",
        """%w = zext i16 %b to i32
        %magnitude = and i32 %w, 32767
        %m = shl i32 %magnitude, 13
        %normal = add i32 %m, 939524096
        %special = add i32 %m, 1879048192
        %shifted = add i32 %m, 947912704
        %biased = bitcast i32 %shifted to float
        %small = fsub float %biased, 0x3F10000000000000
        %subnormal = bitcast float %small to i32
        %is_special = icmp uge i32 %m, 260046848
        %is_small = icmp ult i32 %m, 8388608
        %large = select i1 %is_special, i32 %special, i32 %normal
        %bits = select i1 %is_small, i32 %subnormal, i32 %large
        %signed = and i32 %w, 32768
        %sign = shl i32 %signed, 16
        %all = or i32 %bits, %sign
        %r = bitcast i32 %all to float
        ret float %r""",
    ),
    # Ties to even. A result that is subnormal is rounded by an addition of floats.
    "f16.to_bits": (
        "i16 @foldaway.f16.to_bits(float %x)",
        """%b = bitcast float %x to i32
        %sign = and i32 %b, -2147483648
        %m = xor i32 %b, %sign
        %is_nan = icmp ugt i32 %m, 2139095040
        %special = select i1 %is_nan, i32 32256, i32 31744
        %magnitude = bitcast i32 %m to float
        %added = fadd float %magnitude, 5.0e-1
        %rounded = bitcast float %added to i32
        %subnormal = sub i32 %rounded, 1056964608
        %shifted = lshr i32 %m, 13
        %odd = and i32 %shifted, 1
        %rebiased = add i32 %m, -939520001
        %up = add i32 %rebiased, %odd
        %normal = lshr i32 %up, 13
        %is_special = icmp uge i32 %m, 1199570944
        %is_small = icmp ult i32 %m, 947912704
        %finite = select i1 %is_small, i32 %subnormal, i32 %normal
        %all = select i1 %is_special, i32 %special, i32 %finite
        %top = lshr i32 %sign, 16
        %w = or i32 %all, %top
        %r = trunc i32 %w to i16
        ret i16 %r""",
    ),
    "f16.round": (
        "float @foldaway.f16.round(float %x)",
        """%b = call i16 @foldaway.f16.to_bits(float %x)
        %r = call float @foldaway.f16.from_bits(i16 %b)
        ret float %r""",
    ),
    # Where digits are lost the last bit is 1, so that rounding once more is as good as once.
    "odd": (
        "float @foldaway.odd(double %x)",
        """%near = fptrunc double %x to float
        %back = fpext float %near to double
        %inexact = fcmp one double %x, %back
        %size = call double @llvm.fabs.f64(double %x)
        %other = call double @llvm.fabs.f64(double %back)
        %above = fcmp ogt double %other, %size
        %b = bitcast float %near to i32
        %less = sub i32 %b, 1
        %toward = select i1 %above, i32 %less, i32 %b
        %sticky = or i32 %toward, 1
        %bits = select i1 %inexact, i32 %sticky, i32 %b
        %r = bitcast i32 %bits to float
        ret float %r""",
    ),
}
