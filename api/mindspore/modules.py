"""Which module of Foldaway stands for which module of MindSpore, and how imports find it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MODULES: dict[str, str] = {
    "": "foldaway.mindspore",
    "_extends": "foldaway.mindspore.compiling",
    "_extends.parse": "foldaway.mindspore.compiling",
    "_extends.parse.compile_config": "foldaway.mindspore.compile_config",
    "common": "foldaway.mindspore.common",
    "common.api": "foldaway.mindspore.compiling",
    "common.dtype": "foldaway.mindspore.dtype",
    "common.initializer": "foldaway.initializer",
    "common.jit_config": "foldaway.mindspore.language",
    "common.lazy_inline": "foldaway.mindspore.language",
    "common.mutable": "foldaway.mindspore.decorators",
    "common.no_inline": "foldaway.mindspore.language",
    "common.parameter": "foldaway.runtime.parameter",
    "common.recompute": "foldaway.mindspore.language",
    "common.seed": "foldaway.initializer",
    "common.sparse_tensor": "foldaway.mindspore.sparse",
    "common.tensor": "foldaway.runtime.tensor",
    "context": "foldaway.context",
    "dtype": "foldaway.mindspore.dtype",
    "graph": "foldaway.mindspore.compiling",
    "graph._parse": "foldaway.mindspore.compiling",
    "graph._parse.compile_config": "foldaway.mindspore.compile_config",
    "graph.api": "foldaway.mindspore.compiling",
    "graph.jit_config": "foldaway.mindspore.language",
    "graph.lazy_inline": "foldaway.mindspore.language",
    "graph.mutable": "foldaway.mindspore.decorators",
    "graph.no_inline": "foldaway.mindspore.language",
    "log": "foldaway.mindspore.log",
    "nn": "foldaway.nn",
    "nn.cell": "foldaway.nn_cell",
    "nn.layer": "foldaway.nn",
    "nn.layer.activation": "foldaway.nn",
    "nn.layer.basic": "foldaway.nn",
    "nn.layer.container": "foldaway.nn",
    "nn.layer.conv": "foldaway.nn",
    "nn.layer.normalization": "foldaway.nn",
    "nn.layer.pooling": "foldaway.nn",
    "numpy": "foldaway.numpy",
    "ops": "foldaway.ops",
    "ops.auto_generate": "foldaway.ops",
    "ops.composite": "foldaway.ops",
    "ops.composite.base": "foldaway.ops",
    "ops.function": "foldaway.ops",
    "ops.function.array_func": "foldaway.ops",
    "ops.function.debug_func": "foldaway.ops",
    "ops.function.grad": "foldaway.ops",
    "ops.function.math_func": "foldaway.ops",
    "ops.function.nn_func": "foldaway.ops",
    "ops.functional": "foldaway.ops",
    "ops.operations": "foldaway.ops",
    "ops.operations._inner_ops": "foldaway.ops",
    "ops.operations._scalar_ops": "foldaway.ops",
    "ops.operations._sequence_ops": "foldaway.ops",
    "ops.operations.array_ops": "foldaway.ops",
    "ops.operations.debug_ops": "foldaway.ops",
    "ops.operations.math_ops": "foldaway.ops",
    "ops.operations.nn_ops": "foldaway.ops",
    "ops.operations.other_ops": "foldaway.ops",
    "ops.primitive": "foldaway.ops",
}
"""Name below `mindspore` to the module that is imported for it."""


def provide(package: str) -> None:
    """Let `import <package>` and its submodules give the modules of MODULES, before all others."""
    if not any(isinstance(f, _Finder) and f.package == package for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder(package))
    for name, ours in MODULES.items():
        # A module of the package's own folder has been imported without the finder.
        if ours == f"{package}.{name}":
            _open(import_module(ours), _below(package, name))


class _Finder(MetaPathFinder):
    """Finds each name of MODULES below `package`."""

    def __init__(self, package: str):
        self.package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        name = fullname.removeprefix(self.package)
        if not fullname.startswith(self.package) or name[:1] not in {"", "."}:
            return None
        ours = MODULES.get(name[1:])
        # The package's own modules, this one among them, come from its folder.
        if ours is None or ours == fullname:
            return None
        below = _below(self.package, name[1:]) if name else []
        return ModuleSpec(fullname, _Loader(ours, below))


class _Loader(Loader):
    """Hands out a module that has another name, with the submodules of MODULES as attributes."""

    def __init__(self, name: str, below: list[str]):
        self._name = name
        self._below = below

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec
        _open(module, self._below)


def _below(package: str, name: str) -> list[str]:
    """Return the whole names of the modules of MODULES below one."""
    return [f"{package}.{other}" for other in MODULES if other.startswith(f"{name}.")]


def _open(module: ModuleType, below: list[str]) -> None:
    """Let modules be imported below another, and be its attributes."""
    if below:
        module.__path__ = []
    for name in below:
        last = name.rpartition(".")[2]
        own = getattr(module, last, None)
        import_module(name)
        # The import has made the submodule an attribute: `ops.grad` stays the function.
        if own is not None and not isinstance(own, ModuleType):
            setattr(module, last, own)
