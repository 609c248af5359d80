"""A machine that is NumPy, one op after the other: what a new backend has to say of itself."""

from functools import cache

from foldaway.runtime.machine import Machine, OptTarget

HERE = "tests.toy_machine"


@cache
def driver(run_passes):
    from .driver import ToyDriver

    return ToyDriver()


MACHINE = Machine(
    "Toy",
    driver,
    {
        "toy": OptTarget(
            (f"{HERE}.driver", "ToyTarget"),
            "fuse-elementwise-to-generic,place-buffers,count-toy-loops",
        )
    },
    {"count-toy-loops": (f"{HERE}.driver", "CountToyLoopsPass")},
)
