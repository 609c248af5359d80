"""`grad` and `value_and_grad`: called eagerly and in compiled code, by arguments and parameters."""

import numpy as np
import pytest

import foldaway
from foldaway import CompileError, Parameter, Tensor, jit, nn, ops
from foldaway.gradients import (
    GradOperation,
    get_grad,
    mindspore_grad,
    mindspore_value_and_grad,
    stop_gradient,
)

X = Tensor(np.array([1.0, 2.0, 3.0]))
SEED = Tensor(np.array([1.0, 0.5, 2.0]))


def cube(x):
    return x * x * x


def product(x, y):
    return x * y


class Scaled(nn.Cell):
    def __init__(self):
        super().__init__()
        self.weight = Parameter(Tensor(np.array([2.0, 3.0, 4.0])), name="weight")
        self.bias = Parameter(Tensor(np.array([0.5, 0.5, 0.5])), name="bias")
        self.frozen = Parameter(Tensor(2.0), name="frozen", requires_grad=False)

    def construct(self, x):
        return x * x * self.weight * self.frozen + self.bias


def close(found, *expected):
    assert isinstance(found, tuple) == (len(expected) > 1)
    for one, numbers in zip(found if isinstance(found, tuple) else (found,), expected, strict=True):
        np.testing.assert_allclose(one.asnumpy(), numbers)


def test_eager_and_compiled_calls_agree():
    @jit
    def compiled(x):
        return foldaway.grad(cube)(x)

    for _ in range(2):
        close(foldaway.grad(cube)(X), [3.0, 12.0, 27.0])
        close(compiled(X), [3.0, 12.0, 27.0])
    close(foldaway.grad(jit(cube))(X), [3.0, 12.0, 27.0])
    assert len(compiled.specializations) == 1


def test_positions_give_a_tensor_or_a_tuple():
    close(foldaway.grad(product)(X, SEED), SEED.asnumpy())
    close(foldaway.grad(product, 1)(X, SEED), X.asnumpy())
    close(foldaway.grad(product, (1, 0))(X, SEED), X.asnumpy(), SEED.asnumpy())
    assert len(foldaway.grad(product, (1,))(X, SEED)) == 1


def test_only_the_argument_is_the_variable_not_the_same_tensor_elsewhere():
    close(foldaway.grad(lambda x: x * X)(X), X.asnumpy())
    close(foldaway.grad(product)(X, X), X.asnumpy())


def test_the_value_comes_along():
    value, gradient = foldaway.value_and_grad(cube)(X)
    close(value, [1.0, 8.0, 27.0])
    close(gradient, [3.0, 12.0, 27.0])


def test_aux_results_are_handed_on():
    def both(x):
        return cube(x), x + 1, "text"

    gradient, aux = foldaway.grad(both, has_aux=True)(X)
    close(gradient, [3.0, 12.0, 27.0])
    close(aux[0], [2.0, 3.0, 4.0])
    assert aux[1] == "text"
    (value, _, _), gradient = foldaway.value_and_grad(both, has_aux=True)(X)
    close(value, [1.0, 8.0, 27.0])
    close(gradient, [3.0, 12.0, 27.0])


def test_the_sum_of_several_results_is_differentiated():
    close(foldaway.grad(lambda x: (x * 2, [x * x]))(X), [4.0, 6.0, 8.0])


def test_gradients_of_gradients():
    def slope(x):
        return foldaway.grad(cube)(x)

    close(foldaway.grad(slope)(X), [6.0, 12.0, 18.0])
    close(foldaway.grad(foldaway.grad(foldaway.grad(cube)))(X), [6.0, 6.0, 6.0])
    close(
        foldaway.grad(lambda x: x * foldaway.grad(lambda y: x * y * y)(x))(X), 6 * X.asnumpy() ** 2
    )


def test_weights_are_parameters():
    net = Scaled()
    assert [p.name for p in net.trainable_params()] == ["weight", "bias"]
    of_weights = mindspore_grad(net, None, net.trainable_params())(X)
    close(of_weights, [2.0, 8.0, 18.0], [1.0, 1.0, 1.0])
    of_x, of_weights = mindspore_grad(net, 0, tuple(net.trainable_params()))(X)
    close(of_x, [8.0, 24.0, 48.0])
    close(of_weights, [2.0, 8.0, 18.0], [1.0, 1.0, 1.0])
    close(mindspore_grad(net, None, net.weight)(X), [2.0, 8.0, 18.0])
    value, (of_x, of_weight) = mindspore_value_and_grad(net, 0, net.weight)(X)
    close(value, net(X).asnumpy())
    close(of_weight, [2.0, 8.0, 18.0])


def test_cells_differentiate_other_cells():
    class Trained(nn.Cell):
        def __init__(self, net):
            super().__init__()
            self.net = net
            self.weights = tuple(net.trainable_params())
            self.both = GradOperation(get_all=True, get_by_list=True)

        def construct(self, x):
            return foldaway.grad(self.net)(x), self.both(self.net, self.weights)(x)

    net = Scaled()
    of_x, ((also_x,), of_weights) = Trained(net)(X)
    close(of_x, [8.0, 24.0, 48.0])
    close(also_x, [8.0, 24.0, 48.0])
    close(of_weights, [2.0, 8.0, 18.0], [1.0, 1.0, 1.0])
    net.weight.set_data(Tensor(np.array([0.0, 1.0, 0.0])))
    close(Trained(net)(X)[0], [0.0, 8.0, 0.0])


def test_grad_operation_has_mindspores_forms():
    close(GradOperation()(product)(X, SEED), SEED.asnumpy())
    close(GradOperation(get_all=True)(product)(X, SEED), SEED.asnumpy(), X.asnumpy())
    assert len(GradOperation(get_all=True)(cube)(X)) == 1
    close(GradOperation(sens_param=True)(cube)(X, SEED), [3.0, 6.0, 54.0])
    net = Scaled()
    close(GradOperation(get_by_list=True)(net)(X), [2.0, 8.0, 18.0], [1.0, 1.0, 1.0])


def test_stopped_gradients_are_constants():
    close(foldaway.grad(lambda x: x * stop_gradient(x * 1))(X), X.asnumpy())
    close(stop_gradient(X), X.asnumpy())


def test_the_gradient_has_the_dtype_of_the_variable():
    for dtype in (foldaway.float16, foldaway.float32, foldaway.float64, foldaway.bfloat16):
        assert foldaway.grad(cube)(X.astype(dtype)).dtype is dtype
    whole = foldaway.grad(cube)(Tensor([1, 2, 3]))
    assert whole.dtype is foldaway.int64
    close(whole, [3, 12, 27])


def test_a_slope_of_zero_is_zero_where_exp_overflows():
    x = Tensor(np.array([-200.0, 0.0, 200.0], np.float32))
    close(foldaway.grad(ops.sigmoid)(x), [0.0, 0.25, 0.0])


def test_relu_is_flat_at_zero():
    close(foldaway.grad(ops.relu)(Tensor([-1.0, 0.0, 2.0])), [0.0, 0.0, 1.0])


def test_layer_norm_and_dense_train():
    class Net(nn.Cell):
        def __init__(self):
            super().__init__()
            self.norm = nn.LayerNorm((3,))
            self.dense = nn.Dense(3, 2, activation="tanh")

        def construct(self, x):
            return self.dense(self.norm(x)).sum()

    net = Net()
    x = Tensor(np.arange(12.0, dtype=np.float32).reshape(4, 3) ** 2)
    step = mindspore_value_and_grad(net, None, net.trainable_params())
    before, gradients = step(x)
    for parameter, gradient in zip(net.trainable_params(), gradients, strict=True):
        assert parameter.shape == gradient.shape
        parameter.set_data(parameter - 0.01 * gradient)
    assert float(step(x)[0].asnumpy()) < float(before.asnumpy())


def test_a_closure_is_read_anew():
    factor = 2.0

    def scaled(x):
        return x * factor

    close(foldaway.grad(scaled)(X), [2.0, 2.0, 2.0])
    factor = 5.0
    close(foldaway.grad(scaled)(X), [5.0, 5.0, 5.0])


def test_a_gradient_of_one_of_several_is_picked():
    gradients = foldaway.grad(product, (0, 1))(X, SEED)
    close(get_grad(gradients, 1), X.asnumpy())
    close(get_grad(gradients[0], 0), SEED.asnumpy())


def leaves(x):
    return (x * Tensor(x.asnumpy() * 2)).sum()


def number(x):
    return 2.0


REFUSED = {
    "asnumpy": (lambda: foldaway.grad(leaves)(X), r"asnumpy\(\) takes data that depend"),
    "constant": (
        lambda: jit(lambda: foldaway.grad(leaves)(Tensor([1.0, 2.0])))(),
        r"asnumpy\(\) needs the data of a tensor",
    ),
    "number": (
        lambda: foldaway.grad(number)(X),
        r"a function that returns a float can't be differentiated",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_leaves_the_graph_is_refused(case):
    run, message = REFUSED[case]
    with pytest.raises(CompileError, match=message):
        run()


WRONG = {
    "missing": (lambda: foldaway.grad(cube, 1)(X), ValueError, "no positional argument 1"),
    "number": (lambda: foldaway.grad(cube)(2.0), TypeError, "argument 0 is a float"),
    "array": (lambda: foldaway.grad(cube)(np.ones(2)), TypeError, "argument 0 is a ndarray"),
    "twice": (lambda: foldaway.grad(cube, (0, 0))(X), ValueError, "stands twice"),
    "aux": (lambda: foldaway.grad(cube, has_aux=True)(X), TypeError, "tuple of two or more"),
    "seed": (
        lambda: GradOperation(sens_param=True)(cube)(X, Tensor([1.0])),
        ValueError,
        "must have their shapes",
    ),
    "no-seed": (lambda: GradOperation(sens_param=True)(cube)(), TypeError, "the last argument"),
    "weights": (
        lambda: mindspore_grad(cube, None, ["weight"])(X),
        TypeError,
        "weights must be parameters, not str",
    ),
    "neither": (lambda: mindspore_grad(cube, None), ValueError, "can not be None"),
    "ids": (lambda: mindspore_grad(cube, return_ids=True), ValueError, "return_ids"),
    "negative": (lambda: mindspore_grad(cube, -1), ValueError, "must not be negative"),
    "kind": (lambda: mindspore_grad(cube, "x"), TypeError, "grad_position must be"),
    "setting": (lambda: GradOperation(get_all=1), TypeError, "are bools"),
    "no-weights": (
        lambda: GradOperation(get_by_list=True)(cube),
        TypeError,
        "needs the weights",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_arguments_that_dont_fit_are_told(case):
    run, kind, message = WRONG[case]
    with pytest.raises(kind, match=message):
        run()


def test_library_code_may_call_a_gradient_while_compiling():
    @jit
    def compiled(x):
        return list(map(foldaway.grad(cube), [x, x + 1]))

    first, second = compiled(X)
    close(first, [3.0, 12.0, 27.0])
    close(second, [12.0, 27.0, 48.0])


def test_the_level_of_the_context_does_not_matter():
    foldaway.set_context(jit_syntax_level=foldaway.LAX)
    try:
        close(foldaway.grad(cube)(X), [3.0, 12.0, 27.0])
    finally:
        foldaway.context.reset_context()


CONTAINERS = {
    "tuple": (lambda p: p[0] * p[1], (X, SEED), (SEED.tolist(), X.tolist())),
    "list": (lambda p: p[0] * p[1], [X, SEED], [SEED.tolist(), X.tolist()]),
    "dict": (lambda p: p["a"] * p["b"], {"a": X, "b": SEED}, {"a": SEED.tolist(), "b": X.tolist()}),
    "nested": (lambda p: p[0] * p[1][0]["k"], (X, [{"k": X}]), (X.tolist(), [{"k": X.tolist()}])),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers_of_tensors_are_variables(name):
    function, argument, expected = CONTAINERS[name]

    def lists(value):
        if isinstance(value, dict):
            return {key: lists(item) for key, item in value.items()}
        return value.tolist() if isinstance(value, Tensor) else type(value)(map(lists, value))

    assert lists(foldaway.grad(function)(argument)) == expected
    assert lists(jit(lambda p: foldaway.grad(function)(p))(argument)) == expected
    assert lists(GradOperation(get_all=True)(function)(argument)) == (expected,)

    def branching(p):
        y = function(p)
        return y if y.sum() > 0 else y * 2

    assert lists(foldaway.grad(branching)(argument)) == expected


def test_results_are_tensors_and_constants():
    def several(x):
        return {"y": x * x, "rest": [x, (None, "text", 3)]}

    close(foldaway.grad(several)(X), [3.0, 5.0, 7.0])
    close(GradOperation(sens_param=True)(lambda x: (x * 2, 1))(X, (SEED,)), 2 * SEED.asnumpy())


def append_to(items):
    items.append(items[0])
    return items[0] * 2


def test_a_container_that_grows_is_refused():
    with pytest.raises(CompileError, match="an argument that is differentiated by is changed"):
        foldaway.grad(append_to)([X])
    with pytest.raises(CompileError):
        jit(lambda p: foldaway.grad(append_to)(p))([X])
