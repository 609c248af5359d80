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
        return None if ours in {None, fullname} else ModuleSpec(fullname, _Loader(str(ours)))


class _Loader(Loader):
    """Hands out a module that has another name, and leaves it as it is."""

    def __init__(self, name: str):
        self._name = name

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = import_module(self._name)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec
