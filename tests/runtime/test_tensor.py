"""Tensors outside of compiled functions: made, printed, copied, asked for data, and refused."""

import copy
import operator
import pickle
import warnings

import ml_dtypes
import numpy as np
import pytest

from foldaway import Parameter, Tensor, bfloat16, bool_, float16, float32, float64, int8, int32, ops
from foldaway.runtime.dispatch import from_array


def test_made_of_an_array_it_has_its_own_data():
    array = np.arange(6).reshape(2, 3)
    tensor = Tensor(array)
    array[0, 0] = 99
    assert tensor.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_made_of_a_column_order_or_byte_swapped_array():
    array = np.arange(6.0).reshape(2, 3)
    for odd in (np.asfortranarray(array), array.astype(">f8"), array[::-1][::-1]):
        tensor = Tensor(odd)
        assert tensor.tolist() == array.tolist()
        assert tensor.asnumpy().flags.c_contiguous
        assert tensor.asnumpy().dtype == np.float64


def test_made_of_a_tensor_it_changes_on_its_own():
    x = Tensor([1, 2])
    y = Tensor(x)
    y[0] = 9
    assert (x.tolist(), y.tolist()) == ([1, 2], [9, 2])


def test_made_of_lists_of_tensors():
    x = Tensor([1, 2])
    assert Tensor([x, [3, 4]]).tolist() == [[1, 2], [3, 4]]
    assert Tensor([[x, x], [x, x]]).shape == (2, 2, 2)
    assert Tensor([x, [1.5, 2.5]]).dtype is float32
    with pytest.raises(ValueError, match="different shapes"):
        Tensor([x, 1])


def test_filled():
    assert Tensor(shape=(2,), dtype=float32, init="ones").tolist() == [1, 1]
    assert Tensor(shape=3, dtype=int8, init=7).tolist() == [7, 7, 7]
    assert Tensor(shape=(), dtype=bool_, init="zeros").tolist() is False


@pytest.mark.parametrize(
    "data", [None, "a", 1j, {}, object(), range(3), np.array(["a"]), np.array([1j]), [None], ["a"]]
)
def test_what_is_no_number_is_a_type_error(data):
    with pytest.raises(TypeError):
        Tensor(data)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({}, ValueError, "input_data and init can not be None at the same time."),
        ({"dtype": int8}, ValueError, "input_data and init can not be None at the same time."),
        ({"input_data": [[1], [1, 2]]}, TypeError, "contain unsupported element"),
        ({"input_data": [1], "shape": (1,)}, ValueError, "not of both"),
        ({"init": "ones", "dtype": int8}, ValueError, "needs its shape"),
        ({"init": "random", "dtype": int8, "shape": ()}, ValueError, "init must be"),
        ({"input_data": 300, "dtype": int8}, OverflowError, "out of bounds for int8"),
        ({"input_data": 1, "dtype": "int9"}, TypeError, "no dtype 'int9'"),
        ({"input_data": 1, "dtype": 3}, TypeError, "expected a dtype"),
    ],
)
def test_errors_of_the_constructor(arguments, error, text):
    with pytest.raises(error, match=text):
        Tensor(**arguments)


@pytest.mark.parametrize(
    ("named", "dtype"),
    [
        (bool, bool_),
        (int, "int64"),
        (float, float64),
        (np.int32, int32),
        (np.dtype("float16"), float16),
        (ml_dtypes.bfloat16, bfloat16),
        ("bool", bool_),
    ],
)
def test_dtypes_have_several_names(named, dtype):
    assert Tensor([1]).astype(named).dtype is Tensor([1]).astype(dtype).dtype


def test_printing():
    assert str(Tensor([5, 7, 9])) == "[5 7 9]"
    assert f"{Tensor([5, 7, 9])}" == "[5 7 9]"
    assert f"{Tensor(1.5):.2f}" == "1.50"
    assert str(Tensor(2.5)) == "2.5"
    assert repr(Tensor([5, 7, 9])) == "Tensor(shape=[3], dtype=Int64, value= [5, 7, 9])"
    assert repr(Tensor(2.5)) == "Tensor(shape=[], dtype=Float32, value= 2.5)"
    assert repr(Tensor(1e10)) == "Tensor(shape=[], dtype=Float32, value= 1e+10)"
    assert repr(Tensor([True, False])) == "Tensor(shape=[2], dtype=Bool, value= [ True, False])"
    assert repr(Tensor([[1.0, 2.0], [3.0, 4.0]])) == (
        "Tensor(shape=[2, 2], dtype=Float32, value=\n"
        "[[ 1.00000000e+00,  2.00000000e+00],\n [ 3.00000000e+00,  4.00000000e+00]])"
    )
    half = Tensor([1.5], bfloat16)
    assert repr(half) == "Tensor(shape=[1], dtype=BFloat16, value= [ 1.50000000e+00])"
    with pytest.raises(TypeError):
        format(Tensor([1, 2]), ".2f")


def test_properties():
    x = Tensor(np.zeros((2, 3, 4), np.int16))
    assert (x.shape, x.ndim, x.size, x.itemsize, x.nbytes) == ((2, 3, 4), 3, 24, 2, 48)
    assert x.strides == (24, 8, 2) == x.asnumpy().strides
    assert (x.dim(), x.numel(), len(x)) == (3, 24, 2)
    assert x.T.shape == (4, 3, 2)


def test_numbers_come_out():
    x = Tensor(2.5)
    assert (float(x), int(x), bool(x), x.item(), x.tolist()) == (2.5, 2, True, 2.5, 2.5)
    assert complex(Tensor([3])) == 3
    assert [10, 20, 30][Tensor(1)] == 20
    assert list(range(Tensor(2))) == [0, 1]
    assert (float(Tensor([[2.5]])), not Tensor(0)) == (2.5, True)


@pytest.mark.parametrize("convert", [float, int, bool])
@pytest.mark.parametrize("data", [[1, 2], []])
def test_only_one_element_becomes_a_number(convert, data):
    with pytest.raises(ValueError, match="tensor of"):
        convert(Tensor(data))


@pytest.mark.parametrize("data", [1.5, True, [1, 2]])
def test_only_an_integer_is_an_index(data):
    with pytest.raises(TypeError):
        operator.index(Tensor(data))


def test_a_scalar_has_no_length_and_no_rows():
    with pytest.raises(TypeError, match="0-d"):
        len(Tensor(1))
    with pytest.raises(TypeError, match="0-d"):
        iter(Tensor(1))


def test_asnumpy_shares_the_data():
    x = Tensor([1, 2, 3])
    array = x.asnumpy()
    array[0] = 10
    assert x.tolist() == [10, 2, 3]
    x[1] = 20
    assert array.tolist() == [10, 20, 3]
    assert np.asarray(x) is array
    assert np.array(x) is not array
    assert np.asarray(x, np.float64).dtype == np.float64


def test_from_numpy_shares_and_from_array_takes_over():
    array = np.array([1, 2])
    assert Tensor.from_numpy(array).asnumpy() is array
    assert from_array(array).asnumpy() is array
    with pytest.raises(TypeError, match="takes an array"):
        Tensor.from_numpy([1])


def test_dlpack():
    assert np.from_dlpack(Tensor([1.0, 2.0])).tolist() == [1, 2]


def test_every_result_has_data_of_its_own():
    x = Tensor([[1.0, 2.0]])
    results = [
        *(x.reshape(1, 2), x.astype(float32), x.copy(), +x, x.flatten(), x.view(2)),
        *(x[0], x[:], x.T, x.transpose((0, 1)), x.broadcast_to(1, 2), x.squeeze(0)),
        *(ops.concat([x]), ops.round(Tensor([1])), ops.split(x, 1)[0], x.sum(()), Tensor(x)),
    ]
    for result in results:
        if result.size:
            result.asnumpy()[...] = 7
    assert x.tolist() == [[1, 2]]


def test_plus_assignment_rebinds():
    x = y = Tensor([1, 2])
    x += 1
    assert (x.tolist(), y.tolist()) == ([2, 3], [1, 2])


def test_equality_with_other_things_is_identity_and_hash_too():
    x = Tensor([1, 2])
    assert (x == None, x != None, x == "a") == (False, True, False)  # noqa: E711
    assert hash(x) == object.__hash__(x)
    assert {x: 1}[x] == 1
    assert 2 in x
    assert 5 not in x


def test_operands_of_all_kinds():
    x = Tensor([1, 2, 3])
    assert (x + np.array([1.5, 2.5, 3.5])).dtype is float64
    assert (np.array([1, 2, 3], np.int8) + x).tolist() == [2, 4, 6]
    assert isinstance(np.array([1, 2, 3]) + x, Tensor)
    assert (np.float64(2) * x).dtype is float32
    assert (x * np.int8(2)).tolist() == [2, 4, 6]
    assert (x + ml_dtypes.bfloat16(1.5)).tolist() == [2.5, 3.5, 4.5]
    row = [1, 2, 3]
    assert (x + row).tolist() == [2, 4, 6]
    assert ((1, 2, 3) - x).tolist() == [0, 0, 0]
    assert (2**x).tolist() == [2, 4, 8]
    assert [t.tolist() for t in divmod(Tensor([7, -7]), 2)] == [[3, -4], [1, 1]]
    assert [t.tolist() for t in divmod(7, Tensor([2, -2]))] == [[3, -4], [1, -1]]
    assert (x @ x).tolist() == 14
    assert (np.array([1, 1, 1]) @ x).tolist() == 6


@pytest.mark.parametrize("other", [None, "a", {}, object(), np.str_("a")])
@pytest.mark.parametrize("function", [operator.add, operator.pow, operator.lt, operator.matmul])
def test_operands_of_other_kinds_are_refused(function, other):
    with pytest.raises(TypeError):
        function(Tensor([1]), other)


@pytest.mark.parametrize(
    ("compute", "error", "text"),
    [
        (lambda: Tensor([1, 2]) + Tensor([1, 2, 3]), ValueError, "don't broadcast"),
        (lambda: Tensor([1]) ** -1, ValueError, "negative integer powers"),
        (lambda: Tensor([1]).astype("int8") + 300, OverflowError, "out of bounds for int8"),
        (lambda: ~Tensor([1.5]), TypeError, "not is not defined"),
        (lambda: Tensor([1.5]) & 1, TypeError, "and is not defined"),
        (lambda: Tensor(1) @ Tensor(1), ValueError, "0-d"),
        (lambda: Tensor([[1, 2]]) @ Tensor([[1, 2]]), ValueError, "don't match"),
        (lambda: Tensor([True]).mean(), TypeError, "mean"),
        (lambda: Tensor([]).max(), ValueError, "zero-size"),
        (lambda: Tensor([]).argmax(), ValueError, "empty sequence"),
        (lambda: Tensor([1, 2]).sum(1), ValueError, "out of bounds"),
        (lambda: Tensor([[1]]).sum((0, -2)), ValueError, "repeated axis"),
        (lambda: Tensor([1, 2]).reshape(3), ValueError, "cannot reshape"),
        (lambda: Tensor([1, 2]).squeeze(0), ValueError, "length 1"),
        (lambda: Tensor([1, 2]).clip(), ValueError, "at least one"),
        (lambda: Tensor([1, 2]).flatten("A"), ValueError, "order"),
        (lambda: Tensor([1, 2]).max(return_indices=True), ValueError, "one axis"),
    ],
)
def test_errors_of_operations(compute, error, text):
    with pytest.raises(error, match=text):
        compute()


@pytest.mark.parametrize("name", ["bool", "int8", "uint64", "float16", "bfloat16", "float64"])
@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_copies(duplicate, name):
    x = Tensor([[1, 0], [1, 1]]).astype(name)
    y = duplicate(x)
    assert (y.dtype, y.tolist(), type(y)) == (x.dtype, x.tolist(), Tensor)
    y[0, 0] = 0
    assert x.tolist()[0][0] == 1


def test_copies_of_a_parameter_keep_its_name():
    p = Parameter([1.0, 2.0], name="w", requires_grad=False)
    for q in (copy.copy(p), copy.deepcopy(p), pickle.loads(pickle.dumps(p))):
        assert repr(q) == "Parameter (name=w, shape=(2,), dtype=Float32, requires_grad=False)"
        assert q.asnumpy().tolist() == [1, 2]
        assert q.asnumpy() is not p.asnumpy()


def test_parameter():
    p = Parameter(Tensor([1.0, 2.0]))
    assert p.has_default_name
    assert type(p + 1) is Tensor
    assert p.set_data(Tensor([3, 4])) is p
    assert p.tolist() == [3, 4]
    assert p.dtype is float32
    assert p.value().tolist() == p.data.tolist() == p.init_data().tolist() == [3, 4]
    assert p.clone(0).tolist() == [0, 0]
    assert p.clone().tolist() == [3, 4]
    assert p.assign_value([5.0, 6.0]).tolist() == [5, 6]
    with pytest.raises(ValueError, match="shape"):
        p.set_data([1.0])
    assert p.set_data([1.0], slice_shape=True).shape == (1,)
    with pytest.raises(TypeError, match="float32"):
        Parameter([1]).set_data([1.5])


def test_a_parameter_of_a_number():
    assert Parameter(3).dtype is int32
    assert Parameter(1.5).dtype is Parameter(np.float64(1.5)).dtype is float32
    assert Parameter(np.array([1, 2])).dtype.name == "int64"
    with pytest.raises(ValueError, match="Parameter data can not be `bool`"):
        Parameter(True)


def test_rounding():
    assert round(Tensor([1.5, 2.5, -0.5])).tolist() == [2.0, 2.0, 0.0]
    assert round(Tensor([3])).dtype.name == "int64"
    with pytest.raises(TypeError):
        round(Tensor([1.5]), 1)


def test_a_class_of_tensors_may_have_attributes():
    class Named(Tensor):
        pass

    x = Named([1, 2])
    x.note = "kept"
    assert pickle.loads(pickle.dumps(Tensor(x))).tolist() == [1, 2]
    assert copy.copy(x).note == "kept"
    assert type(copy.copy(x)) is Named


def test_no_warning_gets_out():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Tensor([1.0, 0.0]) / 0
        Tensor([1]) // 0
        ops.log(Tensor([-1.0]))
        Tensor([np.nan]).astype("int8")
        Tensor([1e30]).astype(float16)
        Tensor([]).mean()
        Tensor([]).std()


def test_mean_of_integers_loses_its_fraction():
    assert Tensor([-1, -2]).mean().item() == -1
    assert Tensor([1, 2]).mean().item() == 1
    assert Tensor([[-7, 7], [-7, 8]]).mean(0).tolist() == [-7, 7]
    assert Tensor([200, 201], "uint8").mean().item() == 200


def test_float16_is_summed_wide():
    x = ops.full((4096,), 60000.0, dtype=float16)
    assert x.mean().item() == 60000
    assert x.var().item() == 0
    assert ops.full((5000,), 0.1, dtype=float16).sum().item() == pytest.approx(500, rel=1e-3)


@pytest.mark.parametrize("name", ["int32", "float16", "bfloat16", "float64", "bool"])
@pytest.mark.parametrize(
    ("axis", "keepdims"), [(None, False), (0, True), ((0, 2), False), (-1, True)]
)
def test_reductions(name, axis, keepdims):
    random = np.random.default_rng(0)
    array = random.integers(-3, 4, (2, 3, 4)).astype(name if name != "bfloat16" else "float32")
    x = Tensor(array).astype(name)
    for method in ("sum", "prod", "max", "min", "any", "all"):
        expected = getattr(array, method)(axis=axis, keepdims=keepdims)
        actual = getattr(x, method)(axis=axis, keepdims=keepdims).asnumpy()
        assert actual.shape == expected.shape
        np.testing.assert_allclose(actual.astype(float), expected.astype(float), rtol=1e-2)
    if name.endswith(("16", "64")):
        np.testing.assert_allclose(
            x.var(axis, keepdims=keepdims).asnumpy().astype(float),
            array.astype(float).var(axis=axis, keepdims=keepdims),
            rtol=2e-2,
        )


@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_indices_of_extremes(axis):
    array = np.array([[1.0, np.nan, 3.0, np.nan], [5.0, 2.0, 5.0, 2.0]])
    for dtype in (float64, float16, bfloat16):
        x = Tensor(array).astype(dtype)
        assert x.argmax(axis).tolist() == array.argmax(axis).tolist()
        assert x.argmin(axis).tolist() == array.argmin(axis).tolist()
        np.testing.assert_array_equal(x.max(axis).asnumpy().astype(float), array.max(axis))
    expected = array.argmax(axis, keepdims=True)
    assert Tensor(array).argmax(axis, keepdims=True).tolist() == expected.tolist()


def test_changes_of_shape():
    array = np.arange(24).reshape(2, 3, 4)
    x = Tensor(array)
    pairs = [
        (x.reshape(6, -1), array.reshape(6, -1)),
        (x.reshape((4, 6)), array.reshape(4, 6)),
        (x.flatten("F"), array.flatten("F")),
        (x.ravel(), array.ravel()),
        (x.transpose(), array.transpose()),
        (x.transpose((1, 2, 0)), array.transpose(1, 2, 0)),
        (x.transpose(2, 0, 1), array.transpose(2, 0, 1)),
        (x.transpose(0, 1), array.swapaxes(0, 1)),
        (x.permute(1, 0, 2), array.transpose(1, 0, 2)),
        (x.swapaxes(0, -1), array.swapaxes(0, -1)),
        (x.expand_dims((0, -1)), np.expand_dims(array, (0, -1))),
        (x.expand_dims(1).squeeze(), array),
        (x.unsqueeze(0).squeeze(0), array),
        (x.broadcast_to(2, -1, -1, -1), np.broadcast_to(array, (2, 2, 3, 4))),
        (x.clip(3, 9), array.clip(3, 9)),
    ]
    for actual, expected in pairs:
        np.testing.assert_array_equal(actual.asnumpy(), expected)


def test_methods_do_what_the_functions_of_their_names_do():
    x, y = Tensor([1.0, 4.5, -2.5]), Tensor([3, 2, 1])
    for name in ("add", "sub", "mul", "div", "maximum", "minimum", "pow", "eq", "lt", "ge"):
        assert getattr(x, name)(y).tolist() == pytest.approx(getattr(ops, name)(x, y).tolist())
    for name in ("ne", "le", "gt", "matmul"):
        assert getattr(x, name)(y).tolist() == getattr(ops, name)(x, y).tolist()
    for name in ("abs", "neg", "sign", "square", "exp", "tanh", "erf", "sin", "cos", "floor"):
        assert getattr(x, name)().tolist() == getattr(ops, name)(x).tolist()
    for name in ("ceil", "trunc", "round", "logical_not"):
        assert getattr(x, name)().tolist() == getattr(ops, name)(x).tolist()
    for name in ("sqrt", "rsqrt", "log"):
        assert getattr(y, name)().tolist() == getattr(ops, name)(y).tolist()
    assert x.floor_divide(2).tolist() == [0, 2, -2]
    assert x.remainder(2).tolist() == [1, 0.5, 1.5]
    kinds = [x.bool(), x.int(), x.long(), x.half(), y.float()]
    assert [str(k.dtype) for k in kinds] == ["Bool", "Int32", "Int64", "Float16", "Float32"]


def test_numpy_functions_give_tensors_where_they_have_a_meaning():
    array = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
    x = Tensor(array)
    for function in (np.exp, np.sum, np.mean, np.std, np.transpose, np.ravel, np.square, np.isnan):
        result = function(x)
        assert isinstance(result, Tensor)
        np.testing.assert_allclose(result.asnumpy(), function(array), rtol=1e-6)
    for function in (np.add, np.maximum, np.matmul, np.dot, np.less, np.logical_and, np.outer):
        result = function(x, array)
        assert isinstance(result, Tensor)
        np.testing.assert_array_equal(result.asnumpy(), function(array, array))
    assert np.concatenate([x, array], axis=1).shape == (2, 4)
    assert np.add.reduce(x).tolist() == [4, 6]
    assert np.where(x > 2, x, 0).tolist() == [[0, 0], [3, 4]]
    assert np.shape(x) == (2, 2)


def test_other_numpy_functions_compute_on_the_data():
    x = Tensor([3.0, 1.0, 2.0])
    assert type(np.sort(x)) is np.ndarray
    assert np.log1p(x).tolist() == np.log1p(x.asnumpy()).tolist()
    assert np.sum(x, out=np.zeros((), np.float32)).tolist() == 6
    array = np.ones(3, np.float32)
    array += x
    assert array.tolist() == [4, 2, 3]
    assert np.multiply.outer(x, x).shape == (3, 3)


def test_methods_that_compare_and_decide():
    x, y = Tensor([1.0, 0.0, float("nan")]), Tensor([1, 2, 0])
    assert x.equal(1).tolist() == [True, False, False]
    assert x.not_equal(1).tolist() == [False, True, True]
    assert (y.less(1).tolist(), y.less_equal(1).tolist()) == (
        [False, False, True],
        [True, False, True],
    )
    assert (y.greater(1).tolist(), y.greater_equal(1).tolist()) == (
        [False, True, False],
        [True, True, False],
    )
    assert y.logical_and(x).tolist() == [True, False, False]
    assert y.logical_or(np.array([0, 0, 2])).tolist() == [True, True, True]
    assert y.logical_xor(True).tolist() == [False, False, True]
    assert (y.bitwise_and(3).tolist(), y.bitwise_or(4).tolist()) == ([1, 2, 0], [5, 6, 4])
    assert y.bitwise_xor(Tensor([1, 1, 1])).tolist() == [0, 3, 1]
    assert (x.isnan().tolist(), x.isfinite().tolist()) == (
        [False, False, True],
        [True, True, False],
    )
    assert (1 / x).isinf().tolist() == [False, True, False]
    assert (y.isinf().tolist(), y.isfinite().tolist()) == ([False] * 3, [True] * 3)
    assert Tensor([2, 4]).reciprocal().tolist() == [0.5, 0.25]
    with pytest.raises(TypeError):
        x.bitwise_and(1)
