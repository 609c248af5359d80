"""MindSpore's names: what its programs import, and what they say to its compiler."""

import numpy as np
import pytest

import foldaway
from foldaway import Parameter, Tensor, initializer, jit, nn, ops
from foldaway import mindspore as ms
from foldaway.mindspore import JitConfig, dtype
from foldaway.runtime.parameter import ParameterTuple

from .same_values import X, same

NAMES = """
Tensor Parameter ParameterTuple jit jit_class mutable JitConfig lazy_inline no_inline tensor
COOTensor CSRTensor constexpr recompute is_tensor from_numpy get_seed log context nn ops numpy
dtype common grad value_and_grad get_grad set_context
get_context set_device set_seed GRAPH_MODE PYNATIVE_MODE STRICT LAX float16 float32 float64 int8
int32 int64 bool_ uint8
""".split()

MODULES = {
    "common": "Tensor Parameter ParameterTuple jit mutable JitConfig dtype COOTensor",
    "_extends.parse": "compile_config",
    "common.api": "jit ms_function jit_class _cell_graph_executor _pynative_executor",
    "common.dtype": "float32 number tensor_type dtype_to_nptype pytype_to_dtype type_none double",
    "common.initializer": "initializer",
    "common.jit_config": "JitConfig",
    "common.lazy_inline": "lazy_inline",
    "common.parameter": "Parameter ParameterTuple",
    "common.tensor": "Tensor",
    "context": "set_context get_context GRAPH_MODE PYNATIVE_MODE",
    "graph": "jit",
    "graph.api": "jit jit_class set_recursion_limit",
    "graph.mutable": "mutable",
    "log": "debug info warning error critical",
    "nn": "Cell ReLU Dense Flatten Softmax CellList SequentialCell",
    "nn.cell": "Cell",
    "nn.layer.basic": "Dense Dropout Flatten",
    "ops": "GradOperation HyperMap MultitypeFuncGraph Primitive constexpr partial grad depend",
    "ops.composite": "GradOperation HyperMap Map MultitypeFuncGraph",
    "ops.functional": "add addn grad depend partial select pow tanh gather_nd stop_gradient",
    "ops.function.math_func": "add tanh",
    "ops.operations._inner_ops": "Primitive",
    "ops.operations": "Add Mul Assign AssignAdd ReLU Square Abs MatMul Concat Gather Cast FillV2",
    "ops.primitive": "Primitive constexpr",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_there(name):
    assert getattr(ms, name) is not None


@pytest.mark.parametrize("module", MODULES)
def test_a_module_has_its_names(module):
    for name in MODULES[module].split():
        exec(f"from foldaway.mindspore.{module} import {name}")


def test_a_missing_name_says_what_there_is():
    with pytest.raises(AttributeError, match=r"'mindspore\.amp' isn't part of Foldaway, which has"):
        ms.amp  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'amp'"):
        from foldaway.mindspore import amp  # noqa: F401
    assert not hasattr(ms, "vmap")


def test_a_jit_config_keeps_what_it_is_told():
    config = JitConfig(jit_level="O1", jit_syntax_level="LAX", other=3)
    assert config.jit_syntax_level == "LAX"
    assert config.jit_config_dict["jit_level"] == "O1"
    assert config.jit_config_dict["other"] == 3
    assert JitConfig().jit_syntax_level == ""
    with pytest.raises(ValueError, match="'jit_level' must be one of"):
        JitConfig(jit_level="O7")


def test_decorators_that_change_nothing():
    def f():
        return 1

    assert ms.lazy_inline(f) is f
    assert ms.lazy_inline(attrs=["a"])(f) is f
    assert ms.no_inline(f) is f
    assert ops.constexpr(f) is f
    assert ops.constexpr(get_instance=False)(f)() is f
    assert ms.jit_class(dict) is dict


def test_tensor_makes_tensors():
    assert ms.tensor([1, 2]).tolist() == [1, 2]
    assert ms.tensor(3).dtype is ms.int64
    assert ms.tensor(3, ms.float32).dtype is ms.float32
    assert ms.tensor(shape=(2,), dtype=ms.float32, init=1).tolist() == [1.0, 1.0]


def test_dtypes_convert_to_numpys_and_pythons():
    assert dtype.dtype_to_nptype(ms.float32) is np.float32
    assert dtype.dtype_to_pytype(ms.int8) is int
    assert dtype.dtype_to_pytype(ms.bool_) is bool
    assert dtype.dtype_to_pytype(ms.float16) is float
    assert dtype.pytype_to_dtype(int) is ms.int64


def test_parameters_come_in_tuples():
    class Net(nn.Cell):
        def __init__(self):
            super().__init__()
            self.weight = Parameter(X, name="weight")
            self.weights = ParameterTuple(self.trainable_params())

        def construct(self, x):
            total = x
            for weight in self.weights:
                total = total + weight
            return total, len(self.weights), isinstance(self.weights, ParameterTuple)

    net = Net()
    total, count, known = net(X)
    assert (total.tolist(), count, known) == ([2.0, 4.0, 6.0], 1, True)
    net.weight.set_data(X * 2)
    assert net(X)[0].tolist() == [3.0, 6.0, 9.0]
    (copy,) = net.weights.clone("moment", "zeros")
    assert (copy.name, copy.tolist()) == ("moment.weight", [0.0, 0.0, 0.0])
    with pytest.raises(TypeError, match="a ParameterTuple holds parameters, not a int"):
        ParameterTuple([1])


def test_sparse_tensors_hold_their_parts():
    indices, values = Tensor([[0, 1], [1, 2], [1, 2]]), Tensor([1.0, 2.0, 3.0])
    coo = ms.COOTensor(indices, values, (2, 3))
    assert coo.to_dense().tolist() == [[0.0, 1.0, 0.0], [0.0, 0.0, 5.0]]
    assert (coo.shape, coo.dtype, coo.size, coo.ndim) == ((2, 3), ms.float32, 3, 2)
    assert coo.astype(ms.float64).dtype is ms.float64
    assert coo.to_tuple()[2] == (2, 3)
    csr = ms.CSRTensor(Tensor([0, 1, 3]), Tensor([1, 0, 2]), values, (2, 3))
    assert csr.to_dense().tolist() == [[0.0, 1.0, 0.0], [2.0, 0.0, 3.0]]
    assert (csr.shape, csr.dtype, csr.size, csr.ndim) == ((2, 3), ms.float32, 3, 2)
    assert csr.astype(ms.float64).to_tuple()[2].dtype is ms.float64
    with pytest.raises(TypeError, match="made of tensors, not of a list"):
        ms.COOTensor([[0, 1]], values, (2, 3))
    with pytest.raises(ValueError, match="don't fit"):
        ms.COOTensor(indices, X[:1], (2, 3))
    with pytest.raises(ValueError, match="don't fit"):
        ms.CSRTensor(Tensor([0, 1]), Tensor([1]), values, (2, 3))


OPERATORS = {
    "FillV2": lambda x: ops.FillV2()((2,), Tensor(1.5)),
    "Fill": lambda x: ops.Fill()(ms.float64, (2,), 1),
    "Ones": lambda x: ops.Ones()((2,), ms.int32) + ops.Zeros()(2, ms.int32),
    "BroadcastTo": lambda x: ops.BroadcastTo((2, 3))(x),
    "OneHot": lambda x: ops.OneHot()(Tensor([0, 2]), 3, Tensor(1.0), Tensor(0.0)),
    "ArgMaxWithValue": lambda x: ops.ArgMaxWithValue()(x),
    "BiasAdd": lambda x: ops.BiasAdd()(x.reshape((1, 3)), x),
    "LogSoftmax": lambda x: ops.LogSoftmax()(x),
    "Size": lambda x: ops.Size()(x),
    "StopGradient": lambda x: ops.StopGradient()(x),
    "gather": lambda x: ops.gather(Tensor([[1, 2], [3, 4]]), Tensor([1, 0, -1]), 1),
    "Gather": lambda x: ops.Gather()(Tensor([1, 2]), Tensor([1]), 0),
    "gather_nd": lambda x: ops.gather_nd(Tensor([[1, 2], [3, 4]]), Tensor([[1, 0], [0, 1]])),
    "GatherNd": lambda x: ops.GatherNd()(Tensor([[1, 2], [3, 4]]), Tensor([[1]])),
    "nonzero": lambda x: ops.nonzero(Tensor([[0, 2], [3, 0]])),
    "NonZero": lambda x: ops.NonZero()(Tensor([0, 2])),
    "unique": lambda x: ops.unique(Tensor([3, 1, 3, 2])),
    "Unique": lambda x: ops.Unique()(Tensor([3, 1, 3, 2])),
    "masked_select": lambda x: ops.masked_select(Tensor([1, 2, 3]), Tensor([True, False, True])),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operator_does_the_same_compiled(name):
    assert same(jit(OPERATORS[name])(X), OPERATORS[name](X))


def test_what_is_chosen():
    assert ops.gather(Tensor([[1, 2], [3, 4]]), Tensor([1, 0]), 1).tolist() == [[2, 1], [4, 3]]
    assert ops.gather_nd(Tensor([[1, 2], [3, 4]]), Tensor([[1, 0], [0, 1]])).tolist() == [3, 2]
    assert ops.nonzero(Tensor([[0, 2], [3, 0]])).tolist() == [[0, 1], [1, 0]]
    elements, places = ops.unique(Tensor([3, 1, 3, 2]))
    assert (elements.tolist(), places.tolist()) == ([3, 1, 2], [0, 1, 0, 2])
    assert places.dtype is ms.int32
    one_hot = ops.one_hot(Tensor([0, 2]), 3, Tensor(1.0), Tensor(0.0))
    assert one_hot.tolist() == [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    with pytest.raises(ValueError, match="must be the last"):
        ops.one_hot(Tensor([0]), 3, axis=0)
    with pytest.raises(ValueError, match="no batch_dims but 0"):
        ops.gather(X, Tensor([0]), 0, 1)


def test_assign_add_and_sub_change_the_parameter():
    parameter = Parameter(X * 1, name="p")
    assert ops.AssignAdd()(parameter, X) is parameter
    assert parameter.tolist() == [2.0, 4.0, 6.0]
    assert ops.AssignSub()(parameter, 1.0).tolist() == [1.0, 3.0, 5.0]


def test_mutable_takes_what_can_vary():
    for data in (1, 2.5, True, X, (1, [X]), {"a": X}):
        assert ms.mutable(data) is data
    assert ms.mutable([1, 2], dynamic_len=True) == [1, 2]
    assert jit(lambda x: ms.mutable((x, 1)))(X)[1] == 1
    with pytest.raises(TypeError, match="For 'mutable', the 'input_data' should be one of"):
        ms.mutable("text")
    with pytest.raises(TypeError, match="should be list or tuple"):
        ms.mutable(X, True)
    with pytest.raises(TypeError, match="the second input should be bool, but got: int"):
        ms.mutable([1], 1)


class Doubled(nn.Cell):
    def construct(self, x, y=None):
        return x * 2


def test_inputs_may_be_left_open():
    either = Tensor(shape=[None, 3], dtype=ms.float32)
    assert isinstance(either, Tensor)
    assert (either.shape, either.dtype, either.ndim) == ((-1, 3), ms.float32, 2)
    assert repr(either) == "Tensor(shape=[-1, 3], dtype=Float32)"
    with pytest.raises(ValueError, match="has none"):
        either.asnumpy()
    with pytest.raises(ValueError, match="needs its dtype"):
        Tensor(shape=[None])
    net = Doubled()
    assert net.get_inputs() is None
    net.set_inputs(either)
    assert net.get_inputs() == (either,)
    for rows in (1, 4):
        assert net(Tensor(np.ones((rows, 3), np.float32))).shape == (rows, 3)
    with pytest.raises(ValueError, match=r"has shape \(-1, 3\), not \(1, 4\)"):
        net(Tensor(np.ones((1, 4), np.float32)))
    with pytest.raises(TypeError, match="has dtype Float32, not Float64"):
        net(Tensor(np.ones((1, 3))))
    with pytest.raises(TypeError, match="is a Tensor, not 3"):
        net(3)
    with pytest.raises(ValueError, match="must be equal to network's inputs, but got 1 and 2"):
        net(Tensor(np.ones((1, 3), np.float32)), None)
    net.set_inputs(y=either)
    assert net.get_inputs() == (either,)
    net.set_inputs([either, None])
    with pytest.raises(TypeError, match="input 0 is a list"):
        net(3)


METHODS = {
    "gather": lambda x: Tensor([[1, 2], [3, 4]]).gather(Tensor([1]), 1),
    "gather_nd": lambda x: Tensor([[1, 2], [3, 4]]).gather_nd(Tensor([[1, 1]])),
    "nonzero": lambda x: Tensor([0, 2]).nonzero(),
    "unique": lambda x: Tensor([3, 1, 3]).unique(),
    "masked_select": lambda x: Tensor([3, 1, 3]).masked_select(Tensor([True, False, True])),
    "masked_fill": lambda x: x.masked_fill(x > 1, 0.5),
    "where": lambda x: x.where(x > 1, -x),
    "expand_as": lambda x: x.expand_as(Tensor(np.ones((2, 3)))),
    "view_as": lambda x: x.view_as(Tensor(np.ones((3, 1)))),
    "init_data": lambda x: x.init_data(),
}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_does_the_same_compiled(name):
    assert same(jit(METHODS[name])(X), METHODS[name](X))


@pytest.mark.parametrize("name", ["nonzero", "unique"])
def test_what_is_chosen_by_run_time_data_is_refused(name):
    with pytest.raises(foldaway.CompileError, match=rf"{name}\(\) needs the data"):
        jit(lambda x: getattr(x, name)())(X)


INITIALS = {
    "One": (initializer.One(), lambda a: (a == 1).all()),
    "Zero": (initializer.Zero(), lambda a: (a == 0).all()),
    "Constant": (initializer.Constant(3.5), lambda a: (a == 3.5).all()),
    "Normal": (initializer.Normal(0.5, 9.0), lambda a: abs(a.mean() - 9) < 0.2 and a.std() < 0.7),
    "TruncatedNormal": (initializer.TruncatedNormal(1.0), lambda a: 1 < abs(a).max() <= 2),
    "Uniform": (initializer.Uniform(0.25), lambda a: 0.2 < abs(a).max() <= 0.25),
    "XavierUniform": (initializer.XavierUniform(), lambda a: abs(a).max() <= (6 / 50) ** 0.5),
    "HeUniform": (initializer.HeUniform(), lambda a: abs(a).max() <= (6 / 30) ** 0.5),
}


@pytest.mark.parametrize("name", INITIALS)
def test_an_initializer_is_a_class(name):
    init, holds = INITIALS[name]
    made = initializer.initializer(init, (20, 30), ms.float32)
    assert made.dtype is ms.float32
    assert made.shape == (20, 30)
    assert holds(made.asnumpy())
    assert holds(Tensor(shape=(20, 30), dtype=ms.float32, init=init).init_data().asnumpy())


def test_an_initializer_may_be_its_class():
    assert initializer.initializer(initializer.One, (2,)).tolist() == [1.0, 1.0]


def test_the_recursion_limit_is_kept():
    ms.set_recursion_limit(500)
    assert ms.get_context("max_call_depth") == 500
    ms.context.reset_context()


def test_types_of_python_objects():
    for obj, kind in (
        *(
            (1, ms.int64),
            (1.0, ms.float64),
            (True, ms.bool_),
            ("a", dtype.string),
            (None, dtype.type_none),
        ),
        *(
            ([1], dtype.list_),
            ((1,), dtype.tuple_),
            (int, ms.int64),
            (X, dtype.TensorType(X.dtype)),
        ),
        *((same, dtype.function), (ops.Add(), dtype.function), (ms.float32, dtype.type_type)),
    ):
        assert dtype.get_py_obj_dtype(obj) == kind
    assert repr(dtype.TensorType(ms.int32)) == "mindspore.tensor[int32]"
    assert dtype.TensorType(ms.int32).element_type() is ms.int32
    with pytest.raises(
        NotImplementedError, match="<class 'dict'> cannot be converted to MindSpore"
    ):
        dtype.get_py_obj_dtype({})


def test_messages_go_to_a_logger(caplog):
    from foldaway.mindspore import log

    log.warning("the %s", "text")
    assert caplog.record_tuples == [("mindspore", 30, "the text")]
    assert log.get_level() in "01234"
