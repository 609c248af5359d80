"""The `pyobj` dialect: all of Python but async, in structured form.

Expressions are SSA values of type `!pyobj.object`; statements are ops, and variables are loads
and stores of names, so a region of these ops can always be printed back as Python.
Operands are in the order of evaluation and may be tensors too. No op is pure: only `fold-pyobj`
removes them. A region has exactly one block; where nothing is written, that block is empty.
A region that stands for an expression ends in `pyobj.give`. Strings and tuples are `op.x.data`.

| op | operands | properties | regions |
| --- | --- | --- | --- |
| constant | | value | |
| load | | variable | |
| walrus | value | variable | |
| unary | operand | operator | |
| binary, compare | lhs rhs | operator | |
| chain | first | operators | comparators… give 1 |
| and, or | first | | others… give 1 |
| ifexp | condition | | body give 1, orelse give 1 |
| getattr | owner | attribute | |
| getitem | owner key | | |
| slice | start stop step | | |
| call | callee arguments… | layout: "" `*` `**` keyword | |
| tuple, list, set, join | items… | layout: "" `*` | |
| dict | items… | layout: `:` (two operands) `**` | |
| format | value spec? | conversion: "" s r a | |
| yield | value? | | |
| yield_from | iterable | | |
| lambda | defaults… | parameters generator? | body give 1 |
| comprehension | iterable | kind, layout: target iterable if element | parts… |
| import_module | | module | |
| global | | module variable | |
| segment | | callee (`.root_reference.data`) | |
| runtime | | function | |
| store, delete | value (store) | variable | |
| setattr, delattr | value (setattr) owner | attribute | |
| setitem, delitem | value (setitem) owner key | | |
| unpack → items… | value | star: index or -1 | |
| aug_store | | variable operator | value give 1 |
| aug_setattr | owner | attribute operator | value give 1 |
| aug_setitem | owner key | operator | value give 1 |
| annotate | annotation | variable | |
| declare | | scope: global nonlocal local, variables | |
| if | condition | | body orelse |
| while | | | condition give 1, body orelse |
| for | iterable | | body(item) orelse |
| with | manager | | body(entered) |
| try | | names star? | body, (type give 1 or empty, handler)…, orelse finalbody |
| match | subject | patterns | (guard give 1 or empty, body)… |
| give, raise | values… | | |
| return | value? | | |
| assert | condition | | message give 1 or empty |
| break, continue, pass | | | |
| def | inputs: decorators… defaults… annotations… | function variable parameters annotated doc? \
generator? | body |
| class | inputs: decorators… bases… | class_name variable layout doc? | body |
| import | | module alias? | |
| import_from | | level module names variables | |
"""

from xdsl.ir import Dialect

from .assembly import PythonOp
from .assignments import (
    AnnotateOp,
    AugSetAttrOp,
    AugSetItemOp,
    AugStoreOp,
    DeclareOp,
    DelAttrOp,
    DeleteOp,
    DelItemOp,
    SetAttrOp,
    SetItemOp,
    StoreOp,
    UnpackOp,
)
from .attributes import (
    OBJECT,
    LiteralAttr,
    NamesAttr,
    ObjectAttr,
    ObjectType,
    Parameters,
    ParametersAttr,
    PatternAttr,
)
from .branches import ComprehensionOp, MatchOp, TryOp
from .containers import (
    DictOp,
    FormatOp,
    GetItemOp,
    JoinOp,
    ListOp,
    SetOp,
    SliceOp,
    TupleOp,
)
from .control import (
    AssertOp,
    BreakOp,
    ContinueOp,
    ForOp,
    GiveOp,
    IfOp,
    PassOp,
    RaiseOp,
    ReturnOp,
    WhileOp,
    WithOp,
)
from .definitions import ClassOp, DefOp, ImportFromOp, ImportOp, LambdaOp
from .literals import Literal, identity_of, is_literal
from .logic import AndOp, ChainOp, CompareOp, IfExpOp, OrOp
from .values import (
    BinaryOp,
    CallOp,
    ConstantOp,
    GetAttrOp,
    GlobalOp,
    ImportModuleOp,
    LoadOp,
    RuntimeOp,
    SegmentOp,
    UnaryOp,
    WalrusOp,
    YieldFromOp,
    YieldOp,
)

VALUES = (
    *(ConstantOp, LoadOp, WalrusOp, UnaryOp, BinaryOp, CompareOp, ChainOp, AndOp, OrOp, IfExpOp),
    *(GetAttrOp, GetItemOp, SliceOp, CallOp, TupleOp, ListOp, SetOp, DictOp, FormatOp, JoinOp),
    *(YieldOp, YieldFromOp, LambdaOp, ComprehensionOp),
    *(ImportModuleOp, GlobalOp, SegmentOp, RuntimeOp),
)
"""The ops that stand for expressions."""

STATEMENTS = (
    *(StoreOp, DeleteOp, SetAttrOp, DelAttrOp, SetItemOp, DelItemOp, UnpackOp),
    *(AugStoreOp, AugSetAttrOp, AugSetItemOp, AnnotateOp, DeclareOp),
    *(IfOp, WhileOp, ForOp, WithOp, TryOp, MatchOp, GiveOp, ReturnOp, BreakOp, ContinueOp),
    *(PassOp, RaiseOp, AssertOp, DefOp, ClassOp, ImportOp, ImportFromOp),
)
"""The ops that stand for statements, and `unpack` and `give`, which are parts of them."""

PyObj = Dialect(
    "pyobj",
    [*VALUES, *STATEMENTS],
    [ObjectType, LiteralAttr, ObjectAttr, NamesAttr, ParametersAttr, PatternAttr],
)

__all__ = [
    "OBJECT",
    "STATEMENTS",
    "VALUES",
    "AndOp",
    "AnnotateOp",
    "AssertOp",
    "AugSetAttrOp",
    "AugSetItemOp",
    "AugStoreOp",
    "BinaryOp",
    "BreakOp",
    "CallOp",
    "ChainOp",
    "ClassOp",
    "CompareOp",
    "ComprehensionOp",
    "ConstantOp",
    "ContinueOp",
    "DeclareOp",
    "DefOp",
    "DelAttrOp",
    "DelItemOp",
    "DeleteOp",
    "DictOp",
    "ForOp",
    "FormatOp",
    "GetAttrOp",
    "GetItemOp",
    "GiveOp",
    "GlobalOp",
    "IfExpOp",
    "IfOp",
    "ImportFromOp",
    "ImportModuleOp",
    "ImportOp",
    "JoinOp",
    "LambdaOp",
    "ListOp",
    "Literal",
    "LiteralAttr",
    "LoadOp",
    "MatchOp",
    "NamesAttr",
    "ObjectAttr",
    "ObjectType",
    "OrOp",
    "Parameters",
    "ParametersAttr",
    "PassOp",
    "PatternAttr",
    "PyObj",
    "PythonOp",
    "RaiseOp",
    "ReturnOp",
    "RuntimeOp",
    "SegmentOp",
    "SetAttrOp",
    "SetItemOp",
    "SetOp",
    "SliceOp",
    "StoreOp",
    "TryOp",
    "TupleOp",
    "UnaryOp",
    "UnpackOp",
    "WalrusOp",
    "WhileOp",
    "WithOp",
    "YieldFromOp",
    "YieldOp",
    "identity_of",
    "is_literal",
]
