"""The `graph` dialect: ops on tensors in SSA form.

Every op but those in `effects` and `control` is pure: a pass may move, merge or drop it.
Ops neither promote nor broadcast; `dialects/build.py` makes the conversions they need.
What can't be said without a Python object is in `pyobj` instead.
"""

from xdsl.ir import Dialect

from .binary import (
    AddOp,
    AndOp,
    DivOp,
    FloorDivOp,
    MaximumOp,
    MinimumOp,
    ModOp,
    MulOp,
    OrOp,
    PowOp,
    SubOp,
    XorOp,
)
from .control import AssertOp, ForOp, GiveOp, IfOp, RaiseOp, WhileOp
from .convolution import ConvOp
from .effects import PrintOp
from .elementwise import COMPARISONS, BinaryOp, CompareOp, ConvertOp, SelectOp, UnaryOp
from .gradient import CustomGradientOp, GradientOp, StopGradientOp, VariableOp
from .reduction import REDUCTIONS, ArgReduceOp, DotGeneralOp, ReduceOp
from .shape import (
    BroadcastOp,
    ConcatOp,
    ConstantOp,
    IotaOp,
    PadOp,
    ReshapeOp,
    ReverseOp,
    TransposeOp,
)
from .slicing import PickOp, SliceOp, UpdateSliceOp
from .unary import (
    AbsOp,
    CeilOp,
    CosOp,
    ErfOp,
    ExpOp,
    FloorOp,
    LogOp,
    NegOp,
    NotOp,
    RoundOp,
    RsqrtOp,
    SignOp,
    SinOp,
    SqrtOp,
    TanhOp,
    TruncOp,
)

UNARY = (
    *(NegOp, AbsOp, SignOp, ExpOp, LogOp, SqrtOp, RsqrtOp, TanhOp, ErfOp, SinOp, CosOp),
    *(FloorOp, CeilOp, TruncOp, RoundOp, NotOp),
)
BINARY = (
    *(AddOp, SubOp, MulOp, DivOp, FloorDivOp, ModOp, PowOp, MaximumOp, MinimumOp),
    *(AndOp, OrOp, XorOp),
)
SHAPE = (
    *(ConstantOp, IotaOp, ReshapeOp, TransposeOp, BroadcastOp, SliceOp, UpdateSliceOp),
    PickOp,
    *(ConcatOp, PadOp, ReverseOp),
)
GRADIENT = (VariableOp, StopGradientOp, CustomGradientOp, GradientOp)

CONTROL = (IfOp, WhileOp, ForOp, GiveOp, RaiseOp, AssertOp)
EFFECTS = (PrintOp, RaiseOp, AssertOp)

Graph = Dialect(
    "graph",
    [
        *UNARY,
        *BINARY,
        *(CompareOp, SelectOp, ConvertOp),
        *SHAPE,
        *(ReduceOp, ArgReduceOp, DotGeneralOp, ConvOp),
        *CONTROL,
        *GRADIENT,
        PrintOp,
    ],
)

BY_NAME = {op.name: op for op in Graph.operations}

__all__ = [
    "BINARY",
    "BY_NAME",
    "COMPARISONS",
    "CONTROL",
    "EFFECTS",
    "GRADIENT",
    "REDUCTIONS",
    "SHAPE",
    "UNARY",
    "AbsOp",
    "AddOp",
    "AndOp",
    "ArgReduceOp",
    "AssertOp",
    "BinaryOp",
    "BroadcastOp",
    "CeilOp",
    "CompareOp",
    "ConcatOp",
    "ConstantOp",
    "ConvOp",
    "ConvertOp",
    "CosOp",
    "CustomGradientOp",
    "DivOp",
    "DotGeneralOp",
    "ErfOp",
    "ExpOp",
    "FloorDivOp",
    "FloorOp",
    "ForOp",
    "GiveOp",
    "GradientOp",
    "Graph",
    "IfOp",
    "IotaOp",
    "LogOp",
    "MaximumOp",
    "MinimumOp",
    "ModOp",
    "MulOp",
    "NegOp",
    "NotOp",
    "OrOp",
    "PadOp",
    "PickOp",
    "PowOp",
    "PrintOp",
    "RaiseOp",
    "ReduceOp",
    "ReshapeOp",
    "ReverseOp",
    "RoundOp",
    "RsqrtOp",
    "SelectOp",
    "SignOp",
    "SinOp",
    "SliceOp",
    "SqrtOp",
    "StopGradientOp",
    "SubOp",
    "TanhOp",
    "TransposeOp",
    "TruncOp",
    "UnaryOp",
    "UpdateSliceOp",
    "VariableOp",
    "WhileOp",
    "XorOp",
]
