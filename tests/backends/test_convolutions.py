"""Convolutions of any extents, moves, groups and layout, against loops over their windows."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import foldaway
from foldaway import Tensor, ops
from foldaway.runtime.dispatch import apply

CLOSE = {"float64": 1e-13, "float32": 1e-5, "float16": 2e-3, "bfloat16": 2e-2}


def convolved(image, weight, strides, dilations, groups):
    """Return a convolution, channels first: each of its elements is a sum over a window."""
    outputs, within, *size = weight.shape
    moves = list(zip(image.shape[2:], size, strides, dilations, strict=True))
    extents = [(n - (k - 1) * d - 1) // s + 1 for n, k, s, d in moves]
    found = np.zeros((image.shape[0], outputs, *extents))
    for o in range(outputs):
        first = o // (outputs // groups) * within
        for place in np.ndindex(*extents):
            under = tuple(
                slice(p * s, p * s + (k - 1) * d + 1, d)
                for p, (_, k, s, d) in zip(place, moves, strict=True)
            )
            part = image[:, first : first + within, *under] * weight[o]
            found[:, o, *place] = part.reshape(image.shape[0], -1).sum(1)
    return found


@st.composite
def problems(draw):
    """Return the image, the weight, strides, dilations, groups and layout of a convolution."""
    axes, groups = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    few, channels = st.integers(1, 3), st.sampled_from([1, 2, 5, 8, 17])
    moves = [draw(st.tuples(few, few, few)) for _ in range(axes)]
    longest = 10 if axes < 3 else 3
    extents = [(k - 1) * d + 1 + draw(st.integers(0, longest)) for k, _, d in moves]
    if axes < 3:
        extents[-1] += draw(st.sampled_from([0, 7, 31, 64]))
    within, outputs = draw(channels), draw(channels)
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    image = rng.normal(size=(draw(few), within * groups, *extents))
    weight = rng.normal(size=(outputs * groups, within, *[k for k, _, _ in moves]))
    strides, dilations = ([move[i] for move in moves] for i in (1, 2))
    return image, weight, strides, dilations, groups, draw(st.sampled_from(["first", "last"]))


def put(array, channels):
    """Return an array whose channels lie where a layout has them."""
    return np.moveaxis(array, 1, -1) if channels == "last" else array


@settings(max_examples=80, deadline=None)
@given(problems(), st.sampled_from(list(CLOSE)), st.booleans())
def test_each_element_is_a_sum_over_a_window(problem, name, compiled):
    image, weight, strides, dilations, groups, channels = problem
    dtype = getattr(foldaway, name)
    x, w = (Tensor(put(array, channels)).astype(dtype) for array in (image, weight))
    exact = [np.moveaxis(t.astype(foldaway.float64).asnumpy(), -1, 1) for t in (x, w)]
    if channels == "first":
        exact = [t.astype(foldaway.float64).asnumpy() for t in (x, w)]
    wanted = put(convolved(*exact, strides, dilations, groups), channels)

    def convolution(x, w):
        return apply("conv", x, w, strides, dilations, groups, channels)

    found = (foldaway.jit(convolution) if compiled else convolution)(x, w)
    assert found.dtype is dtype
    close = CLOSE[name]
    got = found.astype(foldaway.float64).asnumpy()
    np.testing.assert_allclose(got, wanted, rtol=close, atol=close * weight[0].size)


WIDE = np.random.default_rng(0).normal(size=(2, 5, 8, 22)), np.ones((7, 5, 3, 3))


# The last panel of columns is wider than the others.
@example((*WIDE, [1, 1], [1, 1], 1, "first"), "float32")
@settings(max_examples=40, deadline=None)
@given(problems(), st.sampled_from(["float64", "float32", "bfloat16"]))
def test_what_follows_runs_on_its_parts(problem, name):
    image, weight, strides, dilations, groups, channels = problem
    dtype = getattr(foldaway, name)
    x, w = (Tensor(put(array, channels)).astype(dtype) for array in (image, weight))

    def layer(x, w):
        y = apply("conv", x, w, strides, dilations, groups, channels)
        return ops.relu(y * 2 + y)

    found, apart = (
        foldaway.jit(layer)(x, w),
        foldaway.jit(lambda x, w: apply("conv", x, w, strides, dilations, groups, channels))(x, w),
    )
    expected = ops.relu(apart * 2 + apart)
    if foldaway.get_context("device_target") == "CPU":
        assert (found == expected).all()
    else:  # Another machine may sum in another order what has something behind it.
        got, wanted = (one.astype(foldaway.float64).asnumpy() for one in (found, expected))
        step = 1e-2 if name == "bfloat16" else 1e-5
        np.testing.assert_allclose(got, wanted, step, step * (1 + np.abs(wanted).max(initial=0)))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(("images", "within", "out"), [(1, 64, 33), (3, 40, 96), (8, 7, 16)])
def test_a_window_of_one_element_is_a_product(stride, images, within, out):
    """With the weight as it is: neighbours along the sums."""
    rng = np.random.default_rng(within)
    x = rng.normal(size=(images, 7, 9, within)).astype(np.float32)
    w = rng.normal(size=(out, 1, 1, within)).astype(np.float32)

    def convolution(x, w):
        return apply("conv", x, w, (stride, stride), (1, 1), 1, "last")

    found = foldaway.jit(convolution)(Tensor(x), Tensor(w)).asnumpy()
    wanted = x[:, ::stride, ::stride].astype(np.float64) @ w[:, 0, 0].T.astype(np.float64)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("channels", ["first", "last"])
@pytest.mark.parametrize("name", ["float32", "float64"])
@pytest.mark.parametrize(
    ("images", "extents", "window", "strides", "dilations"),
    [
        (1, (9, 9), (3, 3), (1, 1), (1, 1)),
        (2, (7, 12), (2, 3), (2, 1), (1, 2)),
        (3, (10,), (4,), (3,), (2,)),
        (1, (3, 4, 5), (2, 1, 3), (1, 1, 1), (1, 1, 2)),
    ],
)
def test_small_images_with_many_channels(
    images, extents, window, strides, dilations, name, channels
):
    """What is under the window is copied, and multiplied with the weight as it is."""
    rng = np.random.default_rng(len(extents))
    image = rng.normal(size=(images, 64, *extents)).astype(name)
    weight = rng.normal(size=(70, 64, *window)).astype(name)

    def convolution(x, w):
        return apply("conv", x, w, strides, dilations, 1, channels)

    found = foldaway.jit(convolution)(Tensor(put(image, channels)), Tensor(put(weight, channels)))
    exact = (array.astype(np.float64) for array in (image, weight))
    wanted = put(convolved(*exact, strides, dilations, 1), channels)
    close = CLOSE[name]
    np.testing.assert_allclose(found.asnumpy(), wanted, rtol=close, atol=close * weight[0].size)


@settings(max_examples=25, deadline=None)
@given(problems(), st.sampled_from(["int32", "uint8", "bool"]), st.booleans())
def test_integers_wrap_and_bools_are_or_ed(problem, name, compiled):
    image, weight, strides, dilations, groups, channels = problem
    x, w = ((3 * array).astype(np.int64).astype(name) for array in (image, weight))
    wide = convolved(*(t.astype(np.int64) for t in (x, w)), strides, dilations, groups)
    wanted = wide > 0 if name == "bool" else wide.astype(np.int64).astype(name)

    def convolution(x, w):
        return apply("conv", x, w, strides, dilations, groups, channels)

    run = foldaway.jit(convolution) if compiled else convolution
    found = run(Tensor(put(x, channels)), Tensor(put(w, channels)))
    np.testing.assert_array_equal(found.asnumpy(), put(wanted, channels))


@settings(max_examples=15, deadline=None)
@given(problems(), st.data())
def test_gradients_are_those_of_the_sums(problem, data):
    image, weight, strides, dilations, groups, channels = problem
    x, w = (Tensor(put(array, channels)) for array in (image, weight))
    shape = apply("conv", x, w, strides, dilations, groups, channels).shape
    seed = np.random.default_rng(1).normal(size=shape)

    def total(x, w):
        return (apply("conv", x, w, strides, dilations, groups, channels) * Tensor(seed)).sum()

    found = foldaway.grad(total, (0, 1))(x, w)
    # It is linear in each, so that one element's gradient is the sum with that element as unit.
    for number, operand in enumerate((x, w)):
        place = tuple(data.draw(st.integers(0, n - 1)) for n in operand.shape)
        unit = np.zeros(operand.shape)
        unit[place] = 1
        operands = [x, w]
        operands[number] = Tensor(unit)
        wanted = float(total(*operands).asnumpy())
        np.testing.assert_allclose(found[number].asnumpy()[place], wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("images", [0, 2])
def test_nothing_is_summed_over_no_channels(images):
    x, w = Tensor(np.ones((images, 0, 5))), Tensor(np.ones((3, 0, 2)))
    for run in (apply, foldaway.jit(lambda name, *operands: apply(name, *operands))):
        np.testing.assert_array_equal(
            run("conv", x, w, (1,), (1,)).asnumpy(), np.zeros((images, 3, 4))
        )


WRONG = {
    "moves over shape": ((2, 3, 8), (4, 3, 2, 2), (1,), (1,), 1),
    "no window of shape": ((2, 3), (4, 3), (), (), 1),
    "a stride and a dilation are needed": ((2, 3, 8), (4, 3, 2), (1, 1), (1,), 1),
    "must be positive": ((2, 3, 8), (4, 3, 2), (0,), (1,), 1),
    "dilations and groups must": ((2, 3, 8), (4, 3, 2), (1,), (1,), 0),
    "doesn't have 2 channels": ((2, 3, 8), (4, 2, 2), (1,), (1,), 1),
    "2 groups can't share 3": ((2, 4, 8), (3, 2, 2), (1,), (1,), 2),
    "smaller than the window": ((2, 3, 8), (4, 3, 5), (1,), (2,), 1),
    "is smaller": ((2, 3, 8), (4, 3, 0), (1,), (1,), 1),
}


@pytest.mark.parametrize("message", WRONG)
def test_what_does_not_fit_is_told(message):
    image, weight, *moves = WRONG[message]
    with pytest.raises(ValueError, match=message):
        apply("conv", Tensor(np.ones(image)), Tensor(np.ones(weight)), *moves)
