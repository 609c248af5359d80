"""What a program is: a function or a Cell, and the arguments of some calls."""

from collections.abc import Callable
from typing import Any, NamedTuple

from foldaway.mindspore import nn


class Program(NamedTuple):
    """Something to call, made anew for each way of running it, and the calls."""

    make: Callable[[], Any]
    calls: tuple[tuple[Any, ...], ...]


class Programs(dict[str, Program]):
    """The programs of a file by their names; `calls` is the decorator that adds one."""

    def calls(self, *calls: tuple[Any, ...]) -> Callable[[Any], Any]:
        """Add a function, or a class of Cells without arguments, with the arguments of each call.

        Without arguments it is called twice.
        """

        def add(thing: Any) -> Any:
            is_cell = isinstance(thing, type) and issubclass(thing, nn.Cell)
            make = thing if is_cell else lambda: thing
            self[thing.__name__] = Program(make, calls or ((), ()))
            return thing

        return add
