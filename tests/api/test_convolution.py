"""Convolutions and pools against the sums and extremes of their windows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import foldaway
from foldaway import Tensor, nn

RNG = np.random.default_rng(3)
IMAGE = RNG.normal(size=(2, 3, 7, 6))


def windows(image, size, stride, mode, number, padding=(0, 0, 0, 0), dilation=(1, 1)):
    """Return an array of shape (n, c, rows, columns, *size)."""
    reach = [(n - 1) * d + 1 for n, d in zip(size, dilation, strict=True)]
    if mode == "same":
        frames = []
        for i in (0, 1):
            outputs = -(-image.shape[2 + i] // stride[i])
            frame = max((outputs - 1) * stride[i] + reach[i] - image.shape[2 + i], 0)
            frames.append((frame // 2, frame - frame // 2))
    else:
        frames = [padding[:2], padding[2:]]
    image = np.pad(image, [(0, 0), (0, 0), *frames], constant_values=number)
    view = np.lib.stride_tricks.sliding_window_view(image, reach, (2, 3))
    return view[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


CONVOLUTIONS = {
    "same": {},
    "valid": {"pad_mode": "valid", "stride": 2},
    "strided": {"stride": (2, 3), "has_bias": True},
    "padded": {"pad_mode": "pad", "padding": (1, 2, 0, 1), "has_bias": True},
    "dilated": {"pad_mode": "valid", "dilation": 2},
}


@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_a_convolution_sums_products(case):
    options = CONVOLUTIONS[case]
    layer = nn.Conv2d(3, 4, (3, 2), dtype=foldaway.float64, **options)
    stride, dilation = (
        (n, n) if isinstance(n, int) else n
        for n in (options.get("stride", 1), options.get("dilation", 1))
    )
    mode = options.get("pad_mode", "same")
    parts = windows(IMAGE, (3, 2), stride, mode, 0, options.get("padding", (0,) * 4), dilation)
    expected = np.einsum("ncrsij,ocij->nors", parts, layer.weight.asnumpy())
    if options.get("has_bias"):
        expected += layer.bias.asnumpy()[:, None, None]
    found = layer(Tensor(IMAGE))
    np.testing.assert_allclose(found.asnumpy(), expected)
    np.testing.assert_allclose(layer.construct(Tensor(IMAGE)).asnumpy(), expected)


def direct(image, weight, group, stride, padding, dilation):
    """Return a convolution in float64: for each output, the weights of its group."""
    image, weight = image.astype(np.float64), weight.astype(np.float64)
    parts = windows(image, weight.shape[2:], stride, "pad", 0, padding, dilation)
    outputs, channels = weight.shape[0], weight.shape[1]
    found = []
    for o in range(outputs):
        first = o // (outputs // group) * channels
        found.append(np.einsum("ncrsij,cij->nrs", parts[:, first : first + channels], weight[o]))
    return np.stack(found, 1)


@st.composite
def grouped(draw):
    """Return images, channels in and out of a group, groups, and options."""
    few = st.integers(1, 3)
    size = draw(st.tuples(few, few))
    return {
        "images": draw(few),
        "channels": draw(few),
        "outputs": draw(few),
        "group": draw(st.integers(1, 4)),
        "size": size,
        "stride": draw(st.tuples(few, few)),
        "padding": draw(st.tuples(*[st.integers(0, 2)] * 4)),
        "dilation": draw(st.tuples(few, few)),
        "extents": draw(st.tuples(st.integers(7, 20), st.integers(7, 20))),
        "dtype": draw(st.sampled_from(list(CLOSE))),
    }


CLOSE = {"float64": 1e-12, "float32": 1e-5, "float16": 2e-3, "bfloat16": 2e-2}


@settings(max_examples=40, deadline=None)
@given(grouped(), st.booleans())
def test_groups_see_only_their_channels(case, compiled):
    group, dtype = case["group"], getattr(foldaway, case["dtype"])
    shape = (case["images"], case["channels"] * group, *case["extents"])
    weights = (case["outputs"] * group, case["channels"], *case["size"])
    image = Tensor(RNG.normal(size=shape)).astype(dtype)
    weight = Tensor(RNG.normal(size=weights)).astype(dtype)
    options = {name: case[name] for name in ("stride", "padding", "dilation", "group")}
    layer = nn.Conv2d(
        *(shape[1], weights[0], case["size"]),
        **(options | {"pad_mode": "pad", "weight_init": weight, "dtype": dtype}),
    )
    exact = [one.astype(foldaway.float64).asnumpy() for one in (image, weight)]
    expected = direct(*exact, group, case["stride"], case["padding"], case["dilation"])
    found = (foldaway.jit(lambda x: layer(x)) if compiled else layer.construct)(image)
    assert found.dtype is dtype
    close = CLOSE[case["dtype"]]
    got = found.astype(foldaway.float64).asnumpy()
    np.testing.assert_allclose(got, expected, rtol=close, atol=20 * close)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("group", [1, 2, 4])
def test_channels_may_be_last(group, compiled):
    rng = np.random.default_rng(group)
    image, weight = rng.normal(size=(2, 9, 7, 4)), rng.normal(size=(8, 2, 3, 4 // group))
    bias = rng.normal(size=8)
    options = {"pad_mode": "pad", "padding": (1, 0, 2, 1), "has_bias": True, "data_format": "NHWC"}
    layer = nn.Conv2d(
        *(4, 8, (2, 3), (1, 2)),
        **(options | {"weight_init": Tensor(weight), "bias_init": Tensor(bias), "group": group}),
        dtype=foldaway.float64,
    )
    first = [np.moveaxis(array, -1, 1) for array in (image, weight)]
    wanted = direct(*first, group, (1, 2), (1, 0, 2, 1), (1, 1))
    found = (foldaway.jit(lambda x: layer(x)) if compiled else layer)(Tensor(image)).asnumpy()
    np.testing.assert_allclose(found, np.moveaxis(wanted, 1, -1) + bias)


SEQUENCE = RNG.normal(size=(2, 4, 23))


@pytest.mark.parametrize("mode", ["same", "valid", "pad"])
def test_a_convolution_of_sequences(mode):
    weight = RNG.normal(size=(6, 2, 3))
    options = {"pad_mode": mode, "padding": 2, "dilation": 2, "group": 2}
    layer = nn.Conv1d(*(4, 6, 3, 2), **options, weight_init=Tensor(weight), dtype=foldaway.float64)
    assert layer.weight.shape == (6, 2, 1, 3)
    # The reach is 5: with 12 places of 2 steps, "same" needs 4 more elements.
    frame = {"same": (2, 2), "valid": (0, 0), "pad": (2, 2)}[mode]
    framed = np.pad(SEQUENCE, [(0, 0), (0, 0), frame])
    places = range(0, framed.shape[2] - 4, 2)
    wanted = np.zeros((2, 6, len(places)))
    for out in range(6):
        channels = slice(0, 2) if out < 3 else slice(2, 4)
        for n, place in enumerate(places):
            part = framed[:, channels, place : place + 5 : 2]
            wanted[:, out, n] = (part * weight[out]).sum((1, 2))
    np.testing.assert_allclose(layer(Tensor(SEQUENCE)).asnumpy(), wanted)
    np.testing.assert_allclose(foldaway.jit(layer.construct)(Tensor(SEQUENCE)).asnumpy(), wanted)


def test_pools_of_sequences():
    parts = np.lib.stride_tricks.sliding_window_view(SEQUENCE, 4, 2)[:, :, ::3]
    found = nn.MaxPool1d(4, 3)(Tensor(SEQUENCE))
    np.testing.assert_allclose(found.asnumpy(), parts.max(-1))
    found = nn.AvgPool1d(4, 3)(Tensor(SEQUENCE))
    np.testing.assert_allclose(found.asnumpy(), parts.mean(-1))
    # 8 places of 3 steps reach 2 elements further, one before and one behind.
    framed = np.pad(SEQUENCE, [(0, 0), (0, 0), (1, 1)], constant_values=np.nan)
    parts = np.lib.stride_tricks.sliding_window_view(framed, 4, 2)[:, :, ::3]
    found = foldaway.jit(nn.AvgPool1d(4, 3, "same").construct)(Tensor(SEQUENCE))
    np.testing.assert_allclose(found.asnumpy(), np.nanmean(parts, -1))


@pytest.mark.parametrize("mode", ["same", "valid"])
@pytest.mark.parametrize("pool", [nn.MaxPool2d, nn.AvgPool2d])
def test_pools_of_channels_that_are_last(pool, mode):
    wanted = pool((2, 3), 2, mode)(Tensor(IMAGE)).asnumpy()
    found = pool((2, 3), 2, mode, "NHWC")(Tensor(np.moveaxis(IMAGE, 1, -1).copy()))
    np.testing.assert_allclose(found.asnumpy(), np.moveaxis(wanted, 1, -1))


@pytest.mark.parametrize("group", [1, 2, 4])
def test_a_convolution_of_groups_has_gradients(group):
    layer = nn.Conv2d(4, 8, 3, group=group, dtype=foldaway.float64)
    image = RNG.normal(size=(2, 4, 6, 5))
    gradient = foldaway.grad(lambda x: (layer(x) * layer(x)).sum())(Tensor(image)).asnumpy()
    for place in ((0, 0, 0, 0), (1, 3, 5, 4), (1, 2, 3, 2)):
        ends = []
        for step in (1e-5, -1e-5):
            moved = image.copy()
            moved[place] += step
            ends.append(float((layer(Tensor(moved)) ** 2).sum().asnumpy()))
        np.testing.assert_allclose(gradient[place], (ends[0] - ends[1]) / 2e-5, rtol=1e-5)


@pytest.mark.parametrize("mode", ["same", "valid"])
def test_pools_make_one_of_each_window(mode):
    parts = windows(IMAGE, (2, 3), (2, 2), mode, -np.inf)
    found = nn.MaxPool2d((2, 3), 2, mode)(Tensor(IMAGE))
    np.testing.assert_allclose(found.asnumpy(), parts.max((-1, -2)))
    parts = windows(IMAGE, (2, 3), (2, 2), mode, np.nan)
    found = nn.AvgPool2d((2, 3), 2, mode)(Tensor(IMAGE))
    np.testing.assert_allclose(found.asnumpy(), np.nanmean(parts, (-1, -2)))


def test_a_network_of_them_has_gradients():
    net = nn.SequentialCell(
        nn.Conv2d(3, 2, 3, weight_init="normal"), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten()
    )
    image = Tensor(IMAGE.astype(np.float32))
    gradient = foldaway.grad(net)(image)
    moved = IMAGE.astype(np.float32)
    moved[0, 1, 3, 3] += 1e-2
    change = float((net(Tensor(moved)) - net(image)).sum().asnumpy())
    np.testing.assert_allclose(float(gradient[0, 1, 3, 3].asnumpy()), change / 1e-2, rtol=0.1)


WRONG = {
    "group": (lambda: nn.Conv2d(2, 3, 1, group=2), "group must divide 2 and 3 channels"),
    "no group": (lambda: nn.Conv2d(2, 2, 1, group=0), "group must divide"),
    "channels": (lambda: nn.Conv2d(4, 4, 1, group=2)(Tensor(IMAGE)), "doesn't have 4 channels"),
    "layout": (lambda: nn.Conv2d(2, 2, 1, data_format="HWNC"), "data_format must be one of"),
    "layout of a pool": (lambda: nn.AvgPool2d(data_format="NCDHW"), "data_format must be one of"),
    "sequence": (lambda: nn.Conv1d(3, 2, 1)(Tensor(IMAGE)), "sequences have 3 axes"),
    "weight": (lambda: nn.Conv1d(1, 1, 1, weight_init=Tensor(np.ones((1, 1)))), "has 3 axes"),
    "mode": (lambda: nn.Conv2d(2, 2, 1, pad_mode="full"), "pad_mode must be one of"),
    "pool": (lambda: nn.MaxPool2d(pad_mode="pad"), "pad_mode must be one of"),
    "small": (lambda: nn.MaxPool2d(9)(Tensor(IMAGE)), "smaller than the window"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_isnt_there_is_told(case):
    run, message = WRONG[case]
    with pytest.raises(ValueError, match=message):
        run()


def test_layers_show_their_settings():
    assert "kernel_size=(3, 3), stride=(1, 1), pad_mode=same" in repr(nn.Conv2d(1, 2, 3))
    assert repr(nn.MaxPool2d(2)) == "MaxPool2d(kernel_size=(2, 2), stride=(1, 1), pad_mode=valid)"
