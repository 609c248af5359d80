"""Tensors and parameters that a program writes to."""

import pytest

from foldaway import Parameter, Tensor, jit, nn, ops

from .effect_agreement import agrees, box, picture


def test_writes_to_an_argument():
    @jit
    def f(x):
        x[0] = x[1] * 2
        y = x + 1
        x[1] = y[0]
        return x, y

    def plain(x):
        return f.function(x)

    x, other = Tensor([1.0, 2.0, 3.0]), Tensor([1.0, 2.0, 3.0])
    view = x.asnumpy()
    for _ in range(3):
        result, y = f(x)
        expected, z = plain(other)
        assert result is x
        assert x.tolist() == other.tolist() == expected.tolist()
        assert y.tolist() == z.tolist()
        assert view.tolist() == x.tolist()
    assert len(f.specializations) == 1


def test_a_born_tensor_that_is_kept_and_written_to():
    def f(w):
        made = w.x + 1
        w.kept = [made]
        made[0] = 50.0
        copied = made.copy()
        copied[1] = 60.0
        return made, copied

    agrees(f, box)


def test_a_write_reaches_everyone_who_shares():
    @jit
    def f(x, y):
        x[0] = 1.0
        return y + 0

    x = Tensor([5.0, 6.0])
    assert f(x, x).tolist() == [1, 6]
    assert f(x, Tensor([7.0, 8.0])).tolist() == [7, 8]


def test_a_write_after_which_the_old_value_is_used():
    @jit
    def f(x):
        old = x.copy()
        x[0] = 9.0
        print(old, x)
        return old, x * 2

    x = Tensor([1.0, 2.0])
    old, new = f(x)
    assert (old.tolist(), new.tolist(), x.tolist()) == ([1, 2], [18, 4], [9, 2])


class Net(nn.Cell):
    def __init__(self):
        super().__init__()
        self.p = Parameter(Tensor([1.0, 2.0]), name="p")
        self.q = Parameter(Tensor([0.0, 0.0]), name="q")
        self.steps = 0
        self.last = None

    def construct(self, x):
        self.steps += 1
        self.p = self.p + x
        ops.assign(self.q, self.p * 2)
        self.q += 1
        self.p[0] = 7.0
        self.last = self.q * 1
        return self.p, self.q


def test_parameters():
    net, eager = Net(), Net()
    p, view = net.p, net.p.asnumpy()
    x = Tensor([1.0, 1.0])
    for step in (1, 2, 3):
        result = net(x)
        expected = eager.construct(x)
        assert picture(result) == picture(expected)
        assert picture(net.last) == picture(eager.last)
        assert (net.steps, result[0] is p, net.p is p) == (step, True, True)
    assert view.tolist() == [1, 2]


def test_set_data_and_attributes_of_a_parameter():
    net = Net()

    @jit
    def f(p, x):
        p.set_data(x)
        p.requires_grad = False
        return p.requires_grad, p.name

    assert f(net.p, Tensor([4.0, 5.0])) == (False, "p")
    assert (net.p.tolist(), net.p.requires_grad) == ([4, 5], False)
    net.p.name = "w"
    assert f(net.p, Tensor([4.0, 5.0])) == (False, "w")


def test_a_part_of_a_network_gets_a_wrong_value():
    net = Net()

    @jit
    def f(x):
        net.p = 3
        return x

    with pytest.raises(TypeError, match="part of the network"):
        f(Tensor(1.0))
