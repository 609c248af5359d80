"""The command `python -m foldaway.backends.gpu.check`; what it does stands in `api`."""

from __future__ import annotations

import sys
from importlib import import_module

from ...runtime.machine import Named

WHERE: Named = "foldaway.gpu_check", "main"

if __name__ == "__main__":
    module, name = WHERE
    sys.exit(getattr(import_module(module), name)())
