"""One of CPython's own test modules, with the modules it tests replaced by their round trip.

    python -m tests.cpython.round_trip test.test_textwrap textwrap

Each module is lowered to pyobj and printed as Python again; that is what its tests run.
"""

import sys
import types
import unittest

from foldaway.frontend.emit_python import to_ast
from foldaway.frontend.lower_function import lower_module

from .hook import Hook


def transform(text: str, file: str) -> types.CodeType:
    """Return the code of a module's round trip."""
    return compile(to_ast(lower_module(text, file)), file, "exec", dont_inherit=True)


def main(test: str, *roots: str) -> int:
    """Run a test module; return 0 if all passes and each module was replaced."""
    hook = Hook(roots, transform)
    hook.install()
    suite = unittest.defaultTestLoader.loadTestsFromName(test)
    result = unittest.TextTestRunner(verbosity=0).run(suite)
    for name, why in hook.left.items():
        print(f"{name} was left as it is: {why}")
    missing = [root for root in roots if root not in hook.done]
    print(f"{test}: {result.testsRun} run, {len(result.skipped)} skipped, {hook.done}")
    return 0 if result.wasSuccessful() and result.testsRun and not missing else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
