"""`Cell`: a piece of a network, with the parameters and cells that are set on it.

Source: <https://www.mindspore.cn/docs/en/master/api_python/nn/mindspore.nn.Cell.html>.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cache
from textwrap import indent
from typing import Any

from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tracing import current_tracer

from . import context
from .nn_inputs import check_inputs


class Cell:
    """Base of networks and layers: subclasses make their parts in `__init__`, then `construct`.

    Setting a Parameter or a Cell as an attribute registers it, and names its parameters after the
    attribute. Called in GRAPH_MODE, a Cell compiles its `construct`; in PYNATIVE_MODE it runs it.
    """

    _params: OrderedDict[str, Parameter]
    _cells: OrderedDict[str, Cell]
    training: bool
    """Whether layers behave as in training; see `set_train`."""

    def __init__(self, auto_prefix: bool = True, flags: dict[str, object] | None = None):
        attributes = self.__dict__
        attributes["_params"] = OrderedDict()
        attributes["_cells"] = OrderedDict()
        attributes["_auto_prefix"] = auto_prefix
        attributes["training"] = False
        self.add_flags(**(flags or {}))

    def __call__(self, /, *args: Any, **kwargs: Any) -> Any:
        """Return what `construct` returns: compiled in GRAPH_MODE, else run by Python."""
        tracer = current_tracer()
        if (expected := self.__dict__.get("_inputs")) is not None and tracer is None:
            check_inputs(expected, args)
        if tracer is not None and hasattr(type(self), "bprop"):
            from .gradient_tape import GradientTape

            if isinstance(tracer, GradientTape):
                return tracer.call_with_bprop(self, args, kwargs)
        if tracer is not None or context.get_context("mode") == context.PYNATIVE_MODE:
            return self.construct(*args, **kwargs)
        return _compiled_calls()(self, args, kwargs)

    def construct(self, *args: Any, **kwargs: Any) -> Any:
        """Compute; a subclass says how.

        Raises `AttributeError` where it doesn't.
        """
        raise AttributeError(f"{type(self).__name__} has no method construct")

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute, and register it if it is a Parameter or a Cell.

        A tensor set on a parameter's name becomes its data. Raises `TypeError` for anything else
        set on the name of a parameter or a cell, `AttributeError` before `super().__init__()`.
        """
        if "_cells" not in self.__dict__:
            if isinstance(value, Parameter | Cell):
                raise AttributeError("call super().__init__() before parameters and cells are set")
            object.__setattr__(self, name, value)
        elif isinstance(value, Parameter):
            self.insert_param_to_cell(name, value)
        elif isinstance(value, Cell):
            self.insert_child_to_cell(name, value)
        elif name in self._params and isinstance(value, Tensor):
            self._params[name].set_data(value)
        elif value is not None and (name in self._params or name in self._cells):
            raise TypeError(f"{name!r} is a part of the network and can't become a {type(value)}")
        else:
            self._forget(name)
            object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        self._forget(name)
        object.__delattr__(self, name)

    def insert_param_to_cell(self, param_name: str, param: Parameter) -> None:
        """Register a parameter under a name; it takes the name if it has none."""
        self._forget(param_name)
        if param.has_default_name:
            param.name = param_name
        self._params[param_name] = param
        self.__dict__[param_name] = param

    def insert_child_to_cell(self, child_name: str, child_cell: Cell) -> None:
        """Register a cell under a name, which its parameters' names then begin with.

        Raises `TypeError` for anything but a Cell.
        """
        if not isinstance(child_cell, Cell):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"{child_name!r} must be a Cell, not a {type(child_cell).__name__}")
        self._forget(child_name)
        if self.__dict__["_auto_prefix"]:
            child_cell.update_parameters_name(f"{child_name}.")
        self._cells[child_name] = child_cell
        self.__dict__[child_name] = child_cell

    def update_parameters_name(self, prefix: str = "", recurse: bool = True) -> None:
        """Put a prefix before the names of all parameters."""
        for param in self.get_parameters(recurse):
            param.name = prefix + param.name

    def parameters_and_names(
        self, name_prefix: str = "", expand: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Yield each parameter once, with its path; without `expand` only this cell's own."""
        seen = set[int]()
        cells = self.cells_and_names(name_prefix) if expand else [(name_prefix, self)]
        for path, cell in cells:
            for name, param in cell._params.items():
                if id(param) not in seen:
                    seen.add(id(param))
                    yield (f"{path}.{name}" if path else name), param

    def get_parameters(self, expand: bool = True) -> Iterator[Parameter]:
        """Yield each parameter once; without `expand` only this cell's own."""
        for _, param in self.parameters_and_names(expand=expand):
            yield param

    def trainable_params(self, recurse: bool = True) -> list[Parameter]:
        """Return the parameters that training changes."""
        return [param for param in self.get_parameters(recurse) if param.requires_grad]

    def untrainable_params(self, recurse: bool = True) -> list[Parameter]:
        """Return the parameters that training leaves alone."""
        return [param for param in self.get_parameters(recurse) if not param.requires_grad]

    def parameters_dict(self, recurse: bool = True) -> OrderedDict[str, Parameter]:
        """Return the parameters by their names."""
        return OrderedDict((param.name, param) for param in self.get_parameters(recurse))

    def cells_and_names(self, name_prefix: str = "") -> Iterator[tuple[str, Cell]]:
        """Yield this cell and each cell below it once, with its path."""
        work: list[tuple[str, Cell]] = [(name_prefix, self)]
        seen = set[int]()
        while work:
            path, cell = work.pop()
            if id(cell) not in seen:
                seen.add(id(cell))
                yield path, cell
                below = [(f"{path}.{n}" if path else n, c) for n, c in cell._cells.items()]
                work.extend(reversed(below))

    def cells(self) -> Iterator[Cell]:
        """Return the cells that are set on this one."""
        return iter(self._cells.values())

    def name_cells(self) -> OrderedDict[str, Cell]:
        """Return the cells that are set on this one, by their names."""
        return OrderedDict(self._cells)

    def apply(self, fn: Callable[[Cell], object]) -> Cell:
        """Call a function with each cell below this one, then with this one; returns this one."""
        for cell in self._cells.values():
            cell.apply(fn)
        fn(self)
        return self

    def set_train(self, mode: bool = True) -> Cell:
        """Let this cell and those below it behave as in training, or not; returns this one."""
        for _, cell in self.cells_and_names():
            cell.__dict__["training"] = mode
        return self

    def set_grad(self, requires_grad: bool = True) -> Cell:
        """Keep whether gradients are wanted; returns this cell."""
        return self.add_flags(requires_grad=requires_grad)

    def set_inputs(self, *inputs: Any, **kwargs: Any) -> None:
        """Say what the cell is called with; `Tensor(shape=[None, 3], dtype=...)` leaves open.

        Calls with anything else are refused; see `check_inputs`. Names are those of `construct`.
        """
        bound = inspect.signature(self.construct).bind_partial(*inputs, **kwargs)
        self.__dict__["_inputs"] = tuple(bound.arguments.values())

    def get_inputs(self) -> tuple[Any, ...] | None:
        """Return what `set_inputs` was told, None for nothing."""
        return self.__dict__.get("_inputs")

    def set_jit_config(self, jit_config: object) -> None:
        """Compile this cell by a JitConfig, of which the `jit_syntax_level` counts."""
        self.__dict__["jit_config"] = jit_config

    def add_flags(self, **flags: object) -> Cell:
        """Set attributes that say how the cell is compiled; returns the cell."""
        self.__dict__.update(flags)
        return self

    def init_parameters_data(self) -> Cell:
        """Return the cell: parameters have their data when they are made."""
        return self

    def extend_repr(self) -> str:
        """Return what `repr` shows between the brackets."""
        return ""

    def __repr__(self) -> str:
        what = self.extend_repr()
        parts = [f"({name}): {cell!r}" for name, cell in self._cells.items()]
        if not parts:
            return f"{type(self).__name__}({what})"
        lines = [*([what] if what else []), *parts]
        return f"{type(self).__name__}(\n" + indent("\n".join(lines), "  ") + "\n)"

    def _forget(self, name: str) -> None:
        self._params.pop(name, None)
        self._cells.pop(name, None)


@cache
def _compiled_calls() -> Callable[[object, tuple[Any, ...], dict[str, Any]], Any]:
    """Return what calls a cell's compiled form: an import at each call would take 1 µs."""
    from .compile_cell import call_compiled

    return call_compiled
