"""Result dtypes, cell by cell against MindSpore 2.10's, which were written down by calling it.

A `-` stands where MindSpore's CPU refuses. Most of these work here, by the same promotion.
"""

import operator

import numpy as np
import pytest

from foldaway import Tensor, ops
from foldaway import numpy as mnp
from foldaway.dialects import dtypes

SHORT = {
    "bool": dtypes.bool_,
    **{f"i{n}": dtypes.BY_NAME[f"int{n}"] for n in (8, 16, 32, 64)},
    **{f"u{n}": dtypes.BY_NAME[f"uint{n}"] for n in (8, 16, 32, 64)},
    **{
        "f16": dtypes.float16,
        "bf16": dtypes.bfloat16,
        "f32": dtypes.float32,
        "f64": dtypes.float64,
    },
}
ROWS = ["bool", "u8", "i8", "i16", "i32", "i64", "f16", "bf16", "f32", "f64"]
NUMBERS = {"True": True, "2": 2, "2.5": 2.5, "np.float64(2.5)": np.float64(2.5)}
COLUMNS = [*ROWS, *NUMBERS]

ARITHMETIC = """
bool u8 i8 i16 i32 i64 f16 bf16 f32 f64 bool i64 f32 f32
u8 u8 i16 i16 i32 i64 f16 bf16 f32 f64 u8 u8 f32 f32
i8 i16 i8 i16 i32 i64 f16 bf16 f32 f64 i8 i8 f32 f32
i16 i16 i16 i16 i32 i64 f16 bf16 f32 f64 i16 i16 f32 f32
i32 i32 i32 i32 i32 i64 f16 bf16 f32 f64 i32 i32 f32 f32
i64 i64 i64 i64 i64 i64 f16 bf16 f32 f64 i64 i64 f32 f32
f16 f16 f16 f16 f16 f16 f16 f32 f32 f64 f16 f16 f16 f16
bf16 bf16 bf16 bf16 bf16 bf16 f32 bf16 f32 f64 bf16 bf16 bf16 bf16
f32 f32 f32 f32 f32 f32 f32 f32 f32 f64 f32 f32 f32 f32
f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64
"""
DIVISION = """
f32 f32 f32 f32 f32 f32 f16 bf16 f32 f64 f32 f32 f32 f32
f32 f32 f32 f32 f32 f32 f16 bf16 f32 f64 f32 f32 f32 f32
f32 f32 f32 f32 f32 f32 f16 bf16 f32 f64 f32 f32 f32 f32
f32 f32 f32 f32 f32 f32 f16 bf16 f32 f64 f32 f32 f32 f32
f32 f32 f32 f32 f32 f32 f16 bf16 f32 f64 f32 f32 f32 f32
f32 f32 f32 f32 f32 f32 f16 bf16 f32 f64 f32 f32 f32 f32
f16 f16 f16 f16 f16 f16 f16 f32 f32 f64 f16 f16 f16 f16
bf16 bf16 bf16 bf16 bf16 bf16 f32 bf16 f32 f64 bf16 bf16 bf16 bf16
f32 f32 f32 f32 f32 f32 f32 f32 f32 f64 f32 f32 f32 f32
f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64
"""
REMAINDER = """
- u8 i8 i16 i32 i64 f16 - f32 f64 - i64 f32 f32
u8 u8 i16 i16 i32 i64 f16 - f32 f64 u8 u8 f32 f32
i8 i16 i8 i16 i32 i64 f16 - f32 f64 i8 i8 f32 f32
i16 i16 i16 i16 i32 i64 f16 - f32 f64 i16 i16 f32 f32
i32 i32 i32 i32 i32 i64 f16 - f32 f64 i32 i32 f32 f32
i64 i64 i64 i64 i64 i64 f16 - f32 f64 i64 i64 f32 f32
f16 f16 f16 f16 f16 f16 f16 f32 f32 f64 f16 f16 f16 f16
- - - - - - f32 - f32 f64 - - - -
f32 f32 f32 f32 f32 f32 f32 f32 f32 f64 f32 f32 f32 f32
f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64
"""
POWER = """
- u8 i8 i16 i32 i64 f16 - f32 f64 - i64 f32 f32
u8 u8 i16 i16 i32 i64 f16 - - - u8 u8 f32 f32
i8 i16 i8 i16 i32 i64 f16 - f32 f64 i8 i8 f32 f32
i16 i16 i16 i16 i32 i64 f16 - f32 f64 i16 i16 f32 f32
i32 i32 i32 i32 i32 i64 f16 - f32 f64 i32 i32 f32 f32
i64 i64 i64 i64 i64 i64 f16 - f32 f64 i64 i64 f32 f32
f16 f16 f16 f16 f16 f16 f16 - f32 f64 f16 f16 f16 f16
- - - - - - - - - f64 - - - -
f32 f32 f32 f32 f32 f32 f32 f32 f32 f64 f32 f32 f32 f32
f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64 f64
"""
TABLES = {
    operator.add: ARITHMETIC,
    operator.truediv: DIVISION,
    operator.floordiv: ARITHMETIC,
    operator.mod: REMAINDER,
    operator.pow: POWER,
}


def cells(table: str):
    for row, line in zip(ROWS, table.strip().splitlines(), strict=True):
        for column, cell in zip(COLUMNS, line.split(), strict=True):
            yield row, column, cell


def ones(name: str) -> Tensor:
    return ops.ones((2,), SHORT[name])


@pytest.mark.parametrize("function", TABLES, ids=lambda f: f.__name__)
def test_two_operands(function):
    for row, column, cell in cells(TABLES[function]):
        other = ones(column) if column in SHORT else NUMBERS[column]
        if cell != "-":
            result = function(ones(row), other)
            assert result.dtype is SHORT[cell], (row, column)


@pytest.mark.parametrize("function", TABLES, ids=lambda f: f.__name__)
def test_what_mindspore_refuses_follows_the_same_promotion(function):
    for row, column, cell in cells(TABLES[function]):
        if cell == "-" and (row, column) not in {("bool", "bool"), ("bool", "True")}:
            other = ones(column) if column in SHORT else NUMBERS[column]
            assert function(ones(row), other).dtype is (ones(row) + other).dtype, (row, column)


@pytest.mark.parametrize("function", [operator.mod, operator.pow, operator.sub])
def test_bools_have_no_such_operation(function):
    with pytest.raises(TypeError, match="not defined for tensors of bool_"):
        function(ones("bool"), ones("bool"))
    with pytest.raises(TypeError, match="not defined for tensors of bool_"):
        function(ones("bool"), True)


def test_comparison_gives_bools_for_all():
    for row in ROWS:
        for column in COLUMNS:
            other = ones(column) if column in SHORT else NUMBERS[column]
            assert (ones(row) < other).dtype is dtypes.bool_


# neg abs sum mean prod max argmax sqrt exp round; `-` where MindSpore refuses.
ONE_OPERAND = """
- bool i64 bool i64 bool - f32 - -
- u8 i64 u8 i64 u8 i64 f32 - -
- i8 i64 i8 i64 i8 i64 f32 - i8
i16 i16 i64 i16 i64 i16 - f32 - i16
i32 i32 i64 i32 i64 i32 - f32 - i32
i64 i64 i64 i64 i64 i64 i64 f32 - -
- - - - - - - f16 f16 f16
bf16 - - - - - - - - -
- f32 f32 f32 f32 f32 i64 f32 f32 f32
f64 f64 f64 f64 f64 f64 i64 f64 f64 f64
"""
ALL_HERE = """
- bool i64 - i64 bool i64 f32 f32 bool
u8 u8 i64 u8 i64 u8 i64 f32 f32 u8
i8 i8 i64 i8 i64 i8 i64 f32 f32 i8
i16 i16 i64 i16 i64 i16 i64 f32 f32 i16
i32 i32 i64 i32 i64 i32 i64 f32 f32 i32
i64 i64 i64 i64 i64 i64 i64 f32 f32 i64
f16 f16 f16 f16 f16 f16 i64 f16 f16 f16
bf16 bf16 bf16 bf16 bf16 bf16 i64 bf16 bf16 bf16
f32 f32 f32 f32 f32 f32 i64 f32 f32 f32
f64 f64 f64 f64 f64 f64 i64 f64 f64 f64
"""
FUNCTIONS = {
    "neg": operator.neg,
    "abs": abs,
    "sum": lambda x: x.sum(),
    "mean": lambda x: x.mean(),
    "prod": lambda x: x.prod(),
    "max": lambda x: x.max(),
    "argmax": lambda x: x.argmax(),
    "sqrt": ops.sqrt,
    "exp": ops.exp,
    "round": ops.round,
}


def test_one_operand():
    theirs, ours = ONE_OPERAND.strip().splitlines(), ALL_HERE.strip().splitlines()
    for row, line, here in zip(ROWS, theirs, ours, strict=True):
        for name, there, cell in zip(FUNCTIONS, line.split(), here.split(), strict=True):
            if cell == "-":
                with pytest.raises(TypeError):
                    FUNCTIONS[name](ones(row))
                continue
            assert FUNCTIONS[name](ones(row)).dtype is SHORT[cell], (row, name)
            assert there in ("-", cell), (row, name)


def test_the_only_difference_where_mindspore_has_an_answer_is_the_mean_of_bools():
    """Called eagerly MindSpore gives a bool; `numpy.mean` there refuses, too."""
    differences = {
        (row, name)
        for row, line, here in zip(
            ROWS, ONE_OPERAND.strip().splitlines(), ALL_HERE.strip().splitlines(), strict=True
        )
        for name, there, cell in zip(FUNCTIONS, line.split(), here.split(), strict=True)
        if there not in ("-", cell)
    }
    assert differences == {("bool", "mean")}


@pytest.mark.parametrize("a", dtypes.ALL)
@pytest.mark.parametrize("b", dtypes.ALL)
def test_promotion_is_symmetric_and_numpys_for_unsigned(a, b):
    assert dtypes.promote(a, b) is dtypes.promote(b, a)
    if a.kind in "bu" and b.kind in "biu":
        theirs = np.promote_types(a.name.rstrip("_"), b.name.rstrip("_"))
        assert dtypes.promote(a, b).name.rstrip("_") == theirs.name


CONSTRUCTION = [
    (lambda: Tensor(1), "i64"),
    (lambda: Tensor(1.0), "f32"),
    (lambda: Tensor(True), "bool"),
    (lambda: Tensor([1, 2]), "i64"),
    (lambda: Tensor([1.0]), "f32"),
    (lambda: Tensor([1, 2.0]), "f32"),
    (lambda: Tensor(np.array([1, 2])), "i64"),
    (lambda: Tensor(np.array([1.0])), "f64"),
    (lambda: Tensor(np.float32(1)), "f32"),
    (lambda: Tensor(np.float64(1)), "f64"),
    (lambda: Tensor(np.int32(3)), "i32"),
    (lambda: Tensor([np.float64(1.5)]), "f32"),
    (lambda: Tensor([np.array([1.5])]), "f32"),
    (lambda: Tensor([]), "f32"),
    (lambda: Tensor(2**40), "i64"),
    (lambda: Tensor([True, 1]), "i64"),
    (lambda: Tensor((1, 2)), "i64"),
    (lambda: Tensor([1.7], dtypes.int32), "i32"),
    (lambda: Tensor(1, dtypes.float32), "f32"),
    (lambda: Tensor(Tensor([1.5]), dtypes.int32), "i32"),
    (lambda: Tensor([Tensor(1), Tensor(2)]), "i64"),
    (lambda: mnp.array([1, 2]), "i32"),
    (lambda: mnp.array([1.0]), "f32"),
    (lambda: mnp.array(3), "i32"),
    (lambda: mnp.array(True), "bool"),
    (lambda: mnp.array([True, 1]), "i32"),
    (lambda: mnp.arange(3), "i32"),
    (lambda: mnp.arange(3.0), "f32"),
    (lambda: mnp.ones(2), "f32"),
    (lambda: mnp.full((2,), 3), "i32"),
    (lambda: mnp.full((2,), 3.5), "f32"),
    (lambda: mnp.full((2,), True), "bool"),
    (lambda: mnp.linspace(0, 1, 5), "f32"),
    (lambda: mnp.eye(2), "f32"),
    (lambda: mnp.mean(mnp.array([1, 2])), "i32"),
    (lambda: mnp.sum(mnp.array([1, 2])), "i64"),
    (lambda: mnp.std(mnp.array([1, 2])), "f32"),
    (lambda: mnp.average(mnp.array([1, 2])), "i32"),
    (lambda: mnp.average(mnp.array([[1.0, 2.0], [3.0, 4.0]])), "f32"),
    (lambda: ops.arange(5), "i64"),
    (lambda: ops.arange(0.0, 2.0, 0.5), "f32"),
    (lambda: ops.zeros((2, 3)), "f32"),
    (lambda: ops.full((2,), 3), "i64"),
    (lambda: ops.zeros_like(Tensor([1])), "i64"),
    (lambda: ops.Argmax()(Tensor([1.0])), "i32"),
]


@pytest.mark.parametrize(("make", "dtype"), CONSTRUCTION)
def test_dtypes_of_what_is_made(make, dtype):
    assert make().dtype is SHORT[dtype]
