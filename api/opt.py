"""foldaway-opt: read IR or Python, run passes, print IR or a target's output."""

from __future__ import annotations

import argparse
import dataclasses
import re
import sys
import tokenize
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Any, ClassVar

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Attribute
from xdsl.passes import ModulePass, PassPipeline
from xdsl.utils.arg_spec import parse_spec
from xdsl.utils.diagnostic import Diagnostic
from xdsl.utils.exceptions import ArgSpecParseError, DiagnosticException, ParseError
from xdsl.utils.lexer import Input, Span
from xdsl.xdsl_opt_main import xDSLOptMain

from foldaway.dialects.source import CompileError
from foldaway.dialects.verifier import verify

from .pipeline import pipeline_of
from .read_python import UsageError, read_python
from .universe import TARGETS, loaders

_STRINGS = re.compile(r'//[^\n]*|"(?:[^"\\\n\v\f]++|\\(?:["nt\\]|[0-9A-Fa-f]{2}))*+"|"')
"""Comments, whole strings, and quotes that open none."""

_FROM_PARSER = (ArithmeticError, AssertionError, LookupError, TypeError, ValueError)
"""What xDSL's attributes raise, beside ParseError, when they are parsed from nonsense."""


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line; a shell passes no `args`.

    A program that is refused is one message on stderr and exit code 1.
    """
    words = list(sys.argv[1:] if args is None else args)
    attribute_check, colored = Attribute.__post_init__, Diagnostic.colored
    try:
        OptMain("foldaway: read IR or Python, run passes, print IR or code", _quoted(words)).run()
    except ParseError as error:
        _fail(f"{error.span.get_location()}: error: {_first_line(error.msg)}")
    except SyntaxError as error:
        _fail(f"{error.filename}:{error.lineno}:{error.offset}: error: {error.msg}")
    except UnicodeDecodeError as error:
        _fail(f"error: the input is not UTF-8: {error}")
    except ArgSpecParseError as error:
        _fail(f"error: {' '.join(str(error).split())}")
    except (DiagnosticException, UsageError, OSError) as error:
        _fail(str(error) if "error:" in str(error) else f"error: {error}")
    finally:
        # --disable-verify and --syntax-highlight switch these for the whole process.
        Attribute.__post_init__, Diagnostic.colored = attribute_check, colored


class OptMain(xDSLOptMain):
    """xDSL's driver with our targets, Python as an input, and our verifier between passes."""

    version_format: ClassVar[str] = "foldaway-opt, built on xDSL {xdsl_version}"

    def register_all_targets(self) -> None:
        """Add ours; where xDSL has one of that name, ours is meant."""
        super().register_all_targets()
        self.available_targets.update(loaders(TARGETS))

    def register_all_frontends(self) -> None:
        """Add Python files."""
        super().register_all_frontends()
        self._parse = self.available_frontends["mlir"]
        self.available_frontends["mlir"] = self._read_text
        self.available_frontends["py"] = self._read_python

    def register_all_arguments(self, arg_parser: argparse.ArgumentParser) -> None:
        """Add what a Python file needs."""
        super().register_all_arguments(arg_parser)
        arg_parser.add_argument(
            "--function", help="which function of a .py file, by qualified name"
        )
        arg_parser.add_argument(
            "--args", help="its arguments, types or literals: 'tensor<3xf32>, 2'"
        )
        arg_parser.add_argument(
            "--allow-python",
            action="store_true",
            help="let the input run Python in this process: imports, calls, its own module",
        )

    def setup_pipeline(self) -> None:
        """Parse the passes; verify, dominance too, before, between and after them."""
        if self._is_python() and not self.args.passes and self.args.args is not None:
            self.args.passes = pipeline_of(parse_spec(self.args.target).name)
        try:
            super().setup_pipeline()
        except ValueError as error:
            raise UsageError(f"{error}, in -p '{self.args.passes}'") from None
        narrate = self.pipeline.callback

        def check(before: ModulePass | None, module: ModuleOp, after: ModulePass | None) -> None:
            if not self.args.disable_verify:
                _blame(before, verify, module)
            if narrate is not None:
                narrate(before, module, after)

        passes = tuple(self._with_permission(one) for one in self.pipeline.passes)
        self.pipeline = PassPipeline(passes, check)

    def prepare_input(self) -> tuple[list[tuple[IO[bytes], int]], str]:
        """Return the chunks of the input and the frontend's name."""
        try:
            return super().prepare_input()
        except ValueError as error:
            raise UsageError(f"{error}; it is .mlir or .py") from None

    def apply_passes(self, prog: ModuleOp) -> None:
        """Apply the passes in order."""
        with _diagnosed():
            super().apply_passes(prog)

    def output_resulting_program(self, prog: ModuleOp) -> str:
        """Return what the target prints; a target that may run Python is told whether it may."""
        spec = parse_spec(self.args.target)
        ours = loaders(TARGETS).get(spec.name)
        if self.args.allow_python and ours is not None and hasattr(ours(), "allow_python"):
            parameters = {**spec.parameters, "allow-python": (True,)}
            self.args.target = str(dataclasses.replace(spec, parameters=parameters))
        try:
            with _diagnosed():
                return super().output_resulting_program(prog)
        except ValueError as error:
            raise UsageError(f"{error}, in -t '{self.args.target}'") from None

    def _is_python(self) -> bool:
        return self.args.frontend == "py" or str(self.args.input_file or "").endswith(".py")

    def _read_text(self, stream: IO[bytes]) -> ModuleOp:
        try:
            return self._parse(self._checked(stream))
        except _FROM_PARSER as error:
            file, kind = self.get_input_name(), type(error).__name__
            raise UsageError(f"{file}: error: not valid IR: {kind}: {error}") from None

    def _checked(self, stream: IO[bytes]) -> IO[bytes]:
        """Return the stream, or raise ParseError for a string that its line does not close.

        xDSL's lexer would try every way of reading such a string: for ever, if it is long.
        """
        data = stream.read()
        text = data.decode()
        for token in _STRINGS.finditer(text):
            if token[0] == '"':
                span = Span(token.start(), token.end(), Input(text, self.get_input_name()))
                raise ParseError(span, "this string is not closed, or has an unknown escape")
        return BytesIO(data)

    def _read_python(self, stream: IO[bytes]) -> ModuleOp:
        data = stream.read()
        encoding, _ = tokenize.detect_encoding(BytesIO(data).readline)
        with _diagnosed():
            return read_python(
                data.decode(encoding),
                self.get_input_name(),
                self.args.function,
                self.args.args,
                self.ctx,
                run_it=self.args.allow_python,
            )

    def _with_permission(self, one: ModulePass) -> ModulePass:
        if self.args.allow_python and hasattr(one, "allow_python"):
            return dataclasses.replace(one, **{"allow_python": True})
        return one


@contextmanager
def _diagnosed() -> Generator[None]:
    """Raise a CompileError as what xDSL's driver knows, which may print it and go on."""
    try:
        yield
    except CompileError as error:
        raise DiagnosticException(str(error)) from error


def _blame(one: ModulePass | None, check: Callable[[ModuleOp], None], module: ModuleOp) -> None:
    """Run `check`; what it finds after a pass is the mistake of that pass, and says so."""
    try:
        with _diagnosed():
            check(module)
    except DiagnosticException as error:
        if one is None:
            raise
        raise DiagnosticException(f"{error}\n  after the pass {one.name}") from None


def _quoted(words: list[str]) -> list[str]:
    """Return the command line with `cpu{inputs=x.npz,seed=0}` as xDSL reads it.

    xDSL wants spaces between parameters, and quotes around a value that is not one word.
    """
    return [re.sub(r"\{([^{}]*)\}", _quote_parameters, word) for word in words]


def _quote_parameters(braces: re.Match[str]) -> str:
    spaced = re.sub(r",(?=[\w-]+=)", " ", braces[1])
    quoted = re.sub(r'=([^\s",]*[^\s",\w+-][^\s",]*)', _quote_path, spaced)
    return "{" + quoted + "}"


def _quote_path(value: re.Match[str]) -> str:
    is_number = re.fullmatch(r"[-+]?\d+(\.\d*([eE][-+]?\d+)?)?", value[1])
    return value[0] if is_number else f'="{value[1]}"'


def _first_line(text: Any) -> str:
    return str(text).partition("\n")[0]


def _fail(message: str) -> None:
    print(message, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
