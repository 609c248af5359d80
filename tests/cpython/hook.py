"""An import hook that replaces the code of some modules by what is made of their source."""

import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader

Transform = Callable[[str, str], types.CodeType]
"""Code of a module's text and file. Raises CompileError to leave a module as it is."""


class Loader(SourceFileLoader):
    """Loads a module's source through a transformation."""

    def __init__(self, name: str, path: str, hook: "Hook"):
        super().__init__(name, path)
        self._hook = hook

    def get_code(self, fullname: str) -> types.CodeType | None:
        """Return the code that was made of the source, noting what was left as it is."""
        path = self.get_filename(fullname)
        text = importlib.util.decode_source(self.get_data(path))
        try:
            code = self._hook.transform(text, path)
        except RuntimeError as error:
            self._hook.left[fullname] = str(error).splitlines()[-2].strip()
            return super().get_code(fullname)
        self._hook.done.append(fullname)
        return code


class Hook(importlib.abc.MetaPathFinder):
    """Finds the modules of some packages, and those alone."""

    def __init__(self, roots: Sequence[str], transform: Transform):
        self.roots = set(roots)
        self.transform = transform
        self.done: list[str] = []
        self.left: dict[str, str] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return a spec with our loader for a Python file of the packages."""
        if name not in self.roots and not any(name.startswith(f"{r}.") for r in self.roots):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            return None
        spec.loader = Loader(spec.loader.name, str(spec.loader.path), self)
        return spec

    def install(self) -> None:
        """Forget the modules, so that the next import of each makes it anew."""
        for name in list(sys.modules):
            if name in self.roots or any(name.startswith(f"{root}.") for root in self.roots):
                del sys.modules[name]
        sys.meta_path.insert(0, self)
