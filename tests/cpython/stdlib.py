"""Every function of the standard library but async ones: to pyobj, and back to what it was.

python -m tests.cpython.stdlib --stride 1
"""

import argparse
import ast
import sys
import sysconfig
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from foldaway.frontend.emit_python import to_ast
from foldaway.frontend.lower_function import lower_module

from .normal import Normal

ASYNC = (ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await)
SKIPPED = ("bad", "lib2to3/tests/data", "site-packages", "dist-packages", "test/", "tests/")


def files(*, with_tests: bool = False) -> list[Path]:
    """Return the files of the standard library, in order; its tests only if asked for."""
    root = Path(sysconfig.get_paths()["stdlib"])
    skipped = SKIPPED[:4] if with_tests else SKIPPED
    found = (path.relative_to(root).as_posix() for path in root.rglob("*.py"))
    return [root / name for name in sorted(found) if not any(part in name for part in skipped)]


class WithoutAsync(ast.NodeTransformer):
    """Takes out functions that are async, or hold something async of their own; counts all."""

    def __init__(self) -> None:
        self.functions = 0
        self.taken = 0

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST | None:
        """Keep a function without its async parts, or take it out."""
        self.functions += 1
        if isinstance(node, ast.AsyncFunctionDef) or any(
            isinstance(inner, ASYNC) or getattr(inner, "is_async", 0) for inner in own(node)
        ):
            self.taken += (
                1
                + sum(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(node))
                - 1
            )
            return None
        return self.generic_visit(node)

    visit_FunctionDef = visit_AsyncFunctionDef = function

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Leave no body empty."""
        super().generic_visit(node)
        for field in ("body", "orelse", "finalbody"):
            if getattr(node, field, None) == [] and field == "body":
                node.body = [ast.Pass()]  # pyright: ignore[reportAttributeAccessIssue]
        return node


def own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function's own body, none of an inner function's."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from own(child)
        elif isinstance(child, ast.AsyncFunctionDef):
            continue


def check(path: Path) -> tuple[int, int]:
    """Lower and print one file; return how many functions it has, and how many are async.

    Raises AssertionError for a difference, CompileError and SyntaxError where one fails.
    """
    text = path.read_bytes()
    tree = ast.parse(text)
    without = WithoutAsync()
    tree = ast.fix_missing_locations(without.visit(tree))
    source = ast.unparse(tree)
    printed = to_ast(lower_module(source, str(path)))
    compile(printed, str(path), "exec", dont_inherit=True)
    expected = ast.fix_missing_locations(Normal(None).visit(ast.parse(source)))
    assert ast.unparse(printed) == ast.unparse(expected), f"{path} prints as something else"
    return without.functions, without.taken


def main(stride: int, *, with_tests: bool) -> int:
    """Check files, and return how many failed."""
    functions = taken = failed = 0
    start = time.perf_counter()
    chosen = files(with_tests=with_tests)[::stride]
    for path in chosen:
        try:
            more, fewer = check(path)
        except Exception as error:
            failed += 1
            print(f"{path}: {type(error).__name__}: {str(error)[-300:]}")
        else:
            functions, taken = functions + more, taken + fewer
    seconds = time.perf_counter() - start
    print(
        f"{len(chosen)} files, {functions} functions, of which {taken} are async or inside one;"
        f" {failed} files failed, in {seconds:.0f} s"
    )
    return failed


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stride", type=int, default=1, help="every how many files are checked")
    parser.add_argument("--tests", action="store_true", help="CPython's tests, too")
    options = parser.parse_args()
    sys.exit(1 if main(options.stride, with_tests=options.tests) else 0)
