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
    "common.parameter": "foldaway.runtime.parameter",
    "common.tensor": "foldaway.runtime.tensor",
    "context": "foldaway.context",
    "dtype": "foldaway.mindspore.dtype",
    "nn": "foldaway.nn",
    "nn.cell": "foldaway.nn_cell",
    "numpy": "foldaway.numpy",
    "ops": "foldaway.ops",
    "ops.functional": "foldaway.ops",
    "ops.operations": "foldaway.ops",
}
"""Name below `mindspore` to the module that is imported for it."""


def provide(package: str) -> None:
    """Let `import <package>` and its submodules give the modules of MODULES, before all others."""
    if not any(isinstance(f, _Finder) and f.package == package for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder(package))


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
        below = [other for other in MODULES if name and other.startswith(f"{name[1:]}.")]
        return ModuleSpec(fullname, _Loader(ours, [f"{self.package}.{other}" for other in below]))


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
        if self._below:
            module.__path__ = []
        for name in self._below:
            import_module(name)
