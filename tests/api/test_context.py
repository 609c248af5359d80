"""Settings of the process."""

import threading

import pytest

from foldaway import GRAPH_MODE, PYNATIVE_MODE, context, get_context, set_context


@pytest.fixture(autouse=True)
def defaults():
    context.reset_context()
    yield
    context.reset_context()


def test_defaults():
    assert get_context("mode") == GRAPH_MODE == 0
    assert get_context("device_target") == "CPU"
    assert get_context("jit_syntax_level") is None


def test_settings_are_kept():
    set_context(mode=PYNATIVE_MODE, device_target="Ascend", max_call_depth=10, save_graphs=2)
    assert (get_context("mode"), get_context("device_target")) == (1, "Ascend")
    assert (get_context("max_call_depth"), get_context("save_graphs")) == (10, 2)
    context.set_device("GPU", 1)
    assert (get_context("device_target"), get_context("device_id")) == ("GPU", 1)


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"foo": 1}, ValueError),
        ({"mode": 5}, ValueError),
        ({"device_target": "TPU"}, ValueError),
        ({"jit_syntax_level": 3}, ValueError),
        ({"mode": True}, TypeError),
        ({"max_call_depth": "deep"}, TypeError),
    ],
)
def test_wrong_settings_change_nothing(settings, error):
    with pytest.raises(error):
        set_context(device_id=7, **settings)
    assert get_context("device_id") == 0


def test_unknown_names():
    with pytest.raises(ValueError, match="no context option 'foo'"):
        get_context("foo")


def test_threads_see_all_of_a_change_or_none():
    torn = []

    def change(n: int) -> None:
        for _ in range(300):
            set_context(device_id=n, op_timeout=n)

    def watch() -> None:
        for _ in range(300):
            settings = context._settings
            if settings["device_id"] != settings["op_timeout"]:
                torn.append(settings)

    set_context(device_id=0, op_timeout=0)
    threads = [threading.Thread(target=change, args=(n,)) for n in (1, 2)]
    threads += [threading.Thread(target=watch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not torn
