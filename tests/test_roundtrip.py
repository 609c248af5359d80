"""What the IR prints, it parses: every op's lit file, in its own syntax and in the generic one."""

from io import StringIO
from pathlib import Path

import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import ModuleOp
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.universe import Universe
from xdsl.utils.exceptions import ParseError, VerifyException

from foldaway.dialects.verifier import verify

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "lit/dialects").rglob("*.mlir"))


def context() -> Context:
    ctx = Context()
    for name, load in Universe.get_multiverse().all_dialects.items():
        ctx.register_dialect(name, load)
    return ctx


def printed(module: ModuleOp, *, generic: bool) -> str:
    stream = StringIO()
    Printer(stream, print_generic_format=generic).print_op(module)
    return stream.getvalue()


@pytest.mark.parametrize("generic", [False, True], ids=["custom", "generic"])
@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}.{f.stem}")
def test_what_is_printed_parses(file: Path, generic: bool):
    for chunk in file.read_text().split("// -----"):
        try:
            module = Parser(context(), chunk).parse_module()
            verify(module)
        except (ParseError, VerifyException):
            assert "error:" in chunk
            continue
        text = printed(module, generic=generic)
        assert (
            "#pyobj.object" in text
            or printed(Parser(context(), text).parse_module(), generic=generic) == text
        )
