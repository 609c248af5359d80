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
    "common": "foldaway.mindspore.common",
    "common.api": "foldaway.mindspore.decorators",
    "common.dtype": "foldaway.mindspore.dtype",
    "common.initializer": "foldaway.initializer",
    "common.jit_config": "foldaway.mindspore.language",
    "common.mutable": "foldaway.mindspore.decorators",
    "common.parameter": "foldaway.runtime.parameter",
    "common.sparse_tensor": "foldaway.mindspore.sparse",
    "common.tensor": "foldaway.runtime.tensor",
    "context": "foldaway.context",
    "dtype": "foldaway.mindspore.dtype",
    "nn": "foldaway.nn",
    "nn.cell": "foldaway.nn_cell",
    "numpy": "foldaway.numpy",
    "ops": "foldaway.ops",
    "ops.composite": "foldaway.ops",
    "ops.function": "foldaway.ops",
    "ops.functional": "foldaway.ops",
    "ops.operations": "foldaway.ops",
    "ops.operations.array_ops": "foldaway.ops",
    "ops.operations.math_ops": "foldaway.ops",
    "ops.operations.nn_ops": "foldaway.ops",
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
        import_module(name)
