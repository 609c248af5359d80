"""Cells and layers, run by Python."""

import copy
import pickle

import numpy as np
import pytest

from foldaway import PYNATIVE_MODE, Parameter, Tensor, context, float16, nn, set_context, set_seed
from foldaway.initializer import initializer


@pytest.fixture(autouse=True)
def eager():
    set_context(mode=PYNATIVE_MODE)
    yield
    context.reset_context()


class Network(nn.Cell):
    def __init__(self):
        super().__init__()
        self.dense = nn.Dense(3, 2)
        self.scale = Parameter(Tensor([1.0, 2.0]))
        self.blocks = nn.SequentialCell(nn.Dense(2, 2), nn.ReLU())
        self.list = nn.CellList([nn.Dense(2, 2, has_bias=False)])
        self.named = Parameter(Tensor(1.0), name="other", requires_grad=False)
        self.plain = 5

    def construct(self, x):
        return self.list[0](self.blocks(self.dense(x) * self.scale)) * self.named


PATHS = [
    *("scale", "named", "dense.weight", "dense.bias", "blocks.0.weight", "blocks.0.bias"),
    "list.0.weight",
]


def test_parameters_have_names():
    net = Network()
    assert [path for path, _ in net.parameters_and_names()] == PATHS
    names = ["scale", "other", *PATHS[2:]]
    assert [p.name for p in net.get_parameters()] == names
    assert list(net.parameters_dict()) == names
    assert [p.name for p in net.untrainable_params()] == ["other"]
    assert len(net.trainable_params()) == 6
    assert [p.name for p in net.get_parameters(expand=False)] == ["scale", "other"]


def test_cells_have_names():
    net = Network()
    paths = ["", "dense", "blocks", "blocks.0", "blocks.1", "list", "list.0"]
    assert [path for path, _ in net.cells_and_names()] == paths
    assert list(net.name_cells()) == ["dense", "blocks", "list"]
    assert list(net.cells()) == [net.dense, net.blocks, net.list]
    seen = []
    net.apply(seen.append)
    assert seen[-1] is net
    assert len(seen) == 7


def test_a_parameter_used_twice_is_one():
    cell = nn.Cell()
    cell.first = nn.Dense(2, 2)
    cell.second = cell.first
    assert len(list(cell.get_parameters())) == 2


def test_representation():
    assert repr(Network()) == (
        "Network(\n"
        "  (dense): Dense(input_channels=3, output_channels=2, has_bias=True)\n"
        "  (blocks): SequentialCell(\n"
        "    (0): Dense(input_channels=2, output_channels=2, has_bias=True)\n"
        "    (1): ReLU()\n"
        "  )\n"
        "  (list): CellList(\n"
        "    (0): Dense(input_channels=2, output_channels=2, has_bias=False)\n"
        "  )\n"
        ")"
    )
    assert repr(nn.Dropout(p=0.5)) == "Dropout(p=0.5)"


def test_call():
    net = Network()
    x = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    w, b = net.dense.weight.asnumpy(), net.dense.bias.asnumpy()
    first, second = net.blocks[0], net.list[0]
    y = (x @ w.T + b) * [1, 2]
    y = np.maximum(y @ first.weight.asnumpy().T + first.bias.asnumpy(), 0)
    np.testing.assert_allclose(net(Tensor(x)).asnumpy(), y @ second.weight.asnumpy().T, rtol=1e-5)
    assert net(x=Tensor(x)).shape == (4, 2)


def test_training_is_a_state_of_all_cells():
    net = Network()
    assert not net.training
    assert net.set_train() is net
    assert net.dense.training
    assert not net.set_train(False).blocks[0].training


def test_attributes():
    net = Network()
    scale = net.scale
    net.scale = Tensor([3.0, 4.0])
    assert net.scale is scale
    assert scale.tolist() == [3, 4]
    for name in ("scale", "dense"):
        with pytest.raises(TypeError, match="part of the network"):
            setattr(net, name, 3)
    net.dense = nn.Identity()
    assert "dense.weight" not in dict(net.parameters_and_names())
    net.scale = None
    assert net.scale is None
    del net.dense
    assert not hasattr(net, "dense")
    assert net.plain == 5
    net.plain = nn.ReLU()
    assert "plain" in net.name_cells()


def test_parts_need_super_init():
    class Early(nn.Cell):
        def __init__(self):
            self.number = 1
            self.dense = nn.Dense(1, 1)

    with pytest.raises(AttributeError, match=r"super\(\).__init__"):
        Early()


def test_construct_is_the_subclasss():
    with pytest.raises(AttributeError, match="construct"):
        nn.Cell()(Tensor(1))
    with pytest.raises(TypeError, match="positional"):
        nn.ReLU()(Tensor(1), Tensor(2))
    with pytest.raises(TypeError, match="must be a Cell"):
        nn.CellList([1])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))])
def test_copies(duplicate):
    net = Network()
    twin = duplicate(net)
    x = Tensor(np.ones((1, 3), np.float32))
    assert twin(x).tolist() == net(x).tolist()
    assert [p.name for p in twin.get_parameters()] == [p.name for p in net.get_parameters()]
    twin.scale[0] = 9
    assert net.scale.tolist() == [1, 2]


def test_containers():
    cells = nn.CellList([nn.ReLU(), nn.Tanh()])
    cells.append(nn.Sigmoid())
    assert [type(c) for c in cells] == [nn.ReLU, nn.Tanh, nn.Sigmoid]
    assert (len(cells), type(cells[-1]), len(cells[1:])) == (3, nn.Sigmoid, 2)
    cells[0] = nn.Identity()
    assert type(cells[0]) is nn.Identity
    assert bool(nn.CellList())
    named = nn.SequentialCell({"a": nn.ReLU(), "b": nn.Flatten()})
    assert list(named.name_cells()) == ["a", "b"]
    assert named(Tensor([[[-1.0, 2.0]]])).tolist() == [[0, 2]]
    assert nn.SequentialCell([nn.ReLU()]).extend([nn.Tanh()])[1](Tensor(0.0)).item() == 0
    with pytest.raises(AttributeError, match="construct"):
        cells(Tensor(1))


X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]], np.float32)


def test_layers():
    x = Tensor(X)
    assert nn.Identity()(x) is x
    np.testing.assert_allclose(nn.Tanh()(x).asnumpy(), np.tanh(X), rtol=1e-6)
    np.testing.assert_allclose(nn.Sigmoid()(x).asnumpy(), 1 / (1 + np.exp(-X)), rtol=1e-6)
    np.testing.assert_allclose(nn.Softmax(0)(x).asnumpy().sum(0), [1, 1, 1], rtol=1e-6)
    np.testing.assert_allclose(nn.LogSoftmax()(x).exp().sum(1).asnumpy(), [1, 1], rtol=1e-6)
    assert nn.Flatten()(Tensor(np.zeros((2, 3, 4)))).shape == (2, 12)
    assert nn.GELU()(Tensor(1.0)).item() == pytest.approx(0.841192, abs=1e-6)
    assert nn.GELU(False)(Tensor(1.0)).item() == pytest.approx(0.8413447, abs=1e-6)
    assert nn.Dropout(p=0.5)(x) is x


def test_layer_norm():
    layer = nn.LayerNorm((3,))
    expected = (X - X.mean(1, keepdims=True)) / np.sqrt(X.var(1, keepdims=True) + 1e-7)
    np.testing.assert_allclose(layer(Tensor(X)).asnumpy(), expected, rtol=1e-5)
    assert layer(Tensor(X).astype(float16)).dtype is float16
    whole = nn.LayerNorm((2, 3), begin_norm_axis=0, gamma_init=2.0, beta_init=1.0)
    expected = 2 * (X - X.mean()) / np.sqrt(X.var() + 1e-7) + 1
    np.testing.assert_allclose(whole(Tensor(X)).asnumpy(), expected, rtol=1e-5)


def test_dense():
    layer = nn.Dense(3, 2, weight_init="ones", bias_init="zeros", activation="relu")
    assert layer(Tensor(X)).tolist() == [[6, 6], [16, 16]]
    assert layer(Tensor(X[0])).tolist() == [6, 6]
    assert layer(Tensor(np.ones((4, 5, 3), np.float32))).shape == (4, 5, 2)
    assert type(layer.activation) is nn.ReLU
    assert nn.Dense(3, 2, Tensor(np.ones((2, 3))), has_bias=False)(Tensor(X)).shape == (2, 2)
    with pytest.raises(ValueError, match="don't match"):
        layer(Tensor([1.0, 2.0]))
    with pytest.raises(ValueError, match="no activation"):
        nn.Dense(1, 1, activation="step")
    with pytest.raises(ValueError, match="shape"):
        nn.Dense(3, 2, Tensor([1.0]))


def test_dropout_cannot_train():
    with pytest.raises(RuntimeError, match="set_train"):
        nn.Dropout(p=0.5).set_train()(Tensor(1.0))
    assert nn.Dropout(p=0.0).set_train()(Tensor(1.0)).item() == 1
    with pytest.raises(ValueError, match="share"):
        nn.Dropout(p=1.5)


def test_initializers():
    assert initializer("ones", [2]).tolist() == [1, 1]
    assert initializer(0.5, 2).tolist() == [0.5, 0.5]
    assert initializer(Tensor([1.5]), (1,), "int32").tolist() == [1]
    set_seed(1)
    first = initializer("normal", (3, 3)).tolist()
    assert initializer("normal", (3, 3)).tolist() != first
    set_seed(1)
    assert initializer("normal", (3, 3)).tolist() == first
    assert abs(initializer("HeUniform", (50, 6))).max().item() <= 1
    assert abs(initializer("xavier_uniform", (3, 3, 2))).max().item() <= (6 / 12) ** 0.5
    assert abs(initializer("uniform", (50,))).max().item() <= 0.07
    with pytest.raises(ValueError, match="no initializer"):
        initializer("other", (1,))
    with pytest.raises(ValueError, match="two axes"):
        initializer("he_uniform", (1,))
