"""Write what the pages can't be trusted to say by hand: `python docs/write.py`.

The reference pages come from docstrings, and the output of each example from running it.
A test holds that running this changes nothing.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from xdsl.ir import TypeAttribute
from xdsl.irdl import IRDLOperation
from xdsl.traits import Pure

from foldaway.dialects import dtypes
from foldaway.kernel_coverage import coverage
from foldaway.universe import DIALECTS, PASSES, TARGETS, loaders

ROOT = Path(__file__).parents[1]
ROOMS = ["api", "backends", "dialects", "folding", "frontend", "passes", "runtime"]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
EFFECT_HINT = "return the new value, and keep it where you call the function"
OUTPUTS = {"text", "mlir", "llvm"}


def pages() -> dict[Path, str]:
    """Return each page that is generated, or whose examples print something, as it should be."""
    found = {
        ROOT / "docs/passes.md": _passes_page(),
        ROOT / "docs/targets.md": _targets_page(),
        ROOT / "docs/errors.md": _errors_page(),
        ROOT / "docs/dtypes.md": _dtypes_page(),
        ROOT / "docs/kernels.md": _coverage_page(),
    }
    for name in DIALECTS:
        found[ROOT / f"docs/dialects/{name}.md"] = _dialect_page(name)
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        if page not in found:
            found[page] = _with_outputs(page)
    return found


def _dialect_page(name: str) -> str:
    dialect = loaders(DIALECTS)[name]()
    parts = [f"# The `{name}` dialect", _doc(import_module(DIALECTS[name][0]))]
    for attribute in dialect.attributes:
        mark = "!" if issubclass(attribute, TypeAttribute) else "#"
        parts += [f"## `{mark}{attribute.name}`", _doc(attribute)]
    for op in dialect.operations:
        parts += [f"## `{op.name}`", _doc(op), *_signature(op)]
    return "\n\n".join(parts) + "\n"


def _signature(op: type[IRDLOperation]) -> Iterator[str]:
    """Return a line on the parts of `op` and on what passes may do with it."""
    definition = op.get_irdl_definition()
    parts = {
        "operands": [name for name, _ in definition.operands],
        "properties": list(definition.properties),
        "regions": [name for name, _ in definition.regions],
        "results": [name for name, _ in definition.results],
    }
    said = [
        f"{kind[:-1] if len(names) == 1 else kind} {', '.join(f'`{n}`' for n in names)}".replace(
            "propertie ", "property "
        )
        for kind, names in parts.items()
        if names
    ]
    said += ["pure"] if op.has_trait(Pure) else []
    if said:
        text = "; ".join(said)
        yield f"{text[0].upper()}{text[1:]}."


def _passes_page() -> str:
    parts = ["# Passes", "Each is a file of `passes/`, and `foldaway-opt -p NAME` runs it."]
    for name in PASSES:
        parts += [f"## `{name}`", *_described(PASSES[name])]
    return "\n\n".join(parts) + "\n"


def _targets_page() -> str:
    parts = [
        "# Targets",
        "`foldaway-opt -t NAME` prints what a target makes of the IR. "
        "For a Python file with `--function` and `--args`, and without `-p`, "
        "the target's whole pipeline runs first.",
    ]
    for name in TARGETS:
        parts += [f"## `{name}`", *_described(TARGETS[name])]
    return "\n\n".join(parts) + "\n"


def _described(place: tuple[str, str]) -> Iterator[str]:
    """Return what a pass or target says of itself, and its options."""
    module = import_module(place[0])
    loaded = getattr(module, place[1])
    yield _doc(loaded)
    options = [
        f"- `{field.name.replace('_', '-')}`: `{field.type}`, by default `{field.default}`"
        for field in dataclasses.fields(loaded)
        if field.name != "name"
    ]
    if options:
        yield "Options:"
        yield "\n".join(options)


def _errors_page() -> str:
    parts = [
        "# Errors",
        "What `CompileError` says of a program, and what to do then. "
        "`…` stands for a name or a value of the program.",
    ]
    for problem, hint in sorted(_rejections().items()):
        parts += [
            f"## `` {problem} ``" if "`" in problem else f"## `{problem}`",
            f"Hint: {hint}." if hint.strip("…") else "Hint: see the message.",
        ]
    return "\n\n".join(parts) + "\n"


def _rejections() -> dict[str, str]:
    """Return the problem and the hint of each place in the rooms that rejects a program."""
    found: dict[str, str] = {}
    for file in (file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                problem, hint = _rejection(node)
                found[problem] = hint
    return {problem: hint for problem, hint in found.items() if problem not in {"", "…"}}


def _rejection(call: ast.Call) -> tuple[str, str]:
    """Return the problem and the hint of a call that rejects a program, else two empty texts."""
    match call:
        case ast.Call(func=ast.Name(id="reject"), args=[_, problem, hint]):
            return _wording(problem), _wording(hint)
        case ast.Call(func=ast.Attribute(attr="reject"), args=[problem, hint]):
            return _wording(problem), _wording(hint)
        case ast.Call(func=ast.Attribute(attr="refuse_effect"), args=[problem]):
            return _wording(problem), EFFECT_HINT
        case ast.Call(func=ast.Name(id="change"), args=[_, _, problem, *_]):
            return _wording(problem), EFFECT_HINT
        case ast.Call(func=ast.Attribute(attr="check_modelled"), args=[_, problem]):
            return _wording(problem), EFFECT_HINT
        case _:
            return "", ""


def _wording(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("{}", "…")
        case ast.JoinedStr(values=parts):
            return "".join(_wording(p) if isinstance(p, ast.Constant) else "…" for p in parts)
        case ast.IfExp(body=body):
            return _wording(body)
        case _:
            return "…"


def _dtypes_page() -> str:
    names = [dtype.name for dtype in dtypes.ALL]
    kinds = {"b": "bool", "i": "signed integer", "u": "unsigned integer", "f": "floating point"}
    rows = [[f"`{d.name}`", kinds[d.kind], str(d.bits), f"`{d.element}`"] for d in dtypes.ALL]
    pairs = [
        [f"**{a.name}**", *(dtypes.promote(a, b).name for b in dtypes.ALL)] for a in dtypes.ALL
    ]
    numbers = [
        [f"`{d.name}`", *(f"`{dtypes.promote_number(d, n).name}`" for n in (True, 1, 1.5))]
        for d in dtypes.ALL
    ]
    return f"""# dtypes

The element types of tensors, and how they meet.
There is one object of each, so `is` compares them.

{_table(["dtype", "kind", "bits", "in the IR"], rows)}

## Two tensors

Arithmetic on two tensors converts both to one dtype first.
It depends on the two dtypes only, never on values or shapes.
The rules are those of MindSpore 2.10 where it has the type, and NumPy's elsewhere.

{_table(["", *names], pairs)}

## A tensor and a Python number

A Python number is weak: it takes the tensor's dtype, unless that dtype can't hold its kind.

{_table(["tensor", "with a bool", "with an int", "with a float"], numbers)}

A tensor made of Python numbers alone is `bool_`, `int64` or `float32`.
"""


def _coverage_page() -> str:
    names = [dtype.name for dtype in dtypes.ALL]
    tables = {
        machine: _table(
            ["", *names],
            [[f"**{op}**", *by_dtype.values()] for op, by_dtype in coverage(machine).items()],
        )
        for machine in ("GPU", "Ascend")
    }
    return f"""# What has a kernel

The CPU has code for each op in each dtype.
On another machine an op may be *native*, one kernel or op there, or *rewritten*, several.
Or it is work of the *CPU*, since there is no kernel; a notice then names the line and says why.
These tables come from compiling each op alone, for tensors of three axes.

## GPU

Branches and loops run on the host, which launches the kernels in between.
Convolutions, pools, sorts of windows and `graph.pick` are kernels, too.

{tables["GPU"]}

## Ascend

16-bit floats are computed in `float32` and rounded after each op, as on the CPU.
`graph.if`, `graph.while` and `graph.for` run on the host.
Convolutions and `graph.pick` run on the CPU.

{tables["Ascend"]}
"""


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _doc(thing: object) -> str:
    return inspect.getdoc(thing) or ""


def _with_outputs(page: Path) -> str:
    """Return a page's text with what its examples print in the blocks below them."""
    text = FENCE.sub(_console_output, page.read_text())
    outputs = _run_python(text, page.stem)
    blocks = list(FENCE.finditer(text))
    python = [n for n, block in enumerate(blocks) if block[1] == "python"]
    for n, output in reversed(list(zip(python, outputs, strict=True))):
        after = blocks[n + 1] if n + 1 < len(blocks) else None
        if after and after[1] in OUTPUTS and not text[blocks[n].end() : after.start()].strip():
            text = text[: after.start(2)] + output + text[after.end(2) :]
        elif output:
            raise RuntimeError(f"{page.name}: nothing shows what this prints:\n{output}")
    return text


def _run_python(text: str, name: str) -> list[str]:
    """Run the Python blocks of a page as one script; return what each printed.

    Each block stands on its lines of the page, so that places in messages are the page's.
    """
    lines = ["" for _ in text.splitlines()]
    for block in FENCE.finditer(text):
        if block[1] == "python":
            first = text.count("\n", 0, block.start(2))
            code = block[2].splitlines()
            lines[first : first + len(code)] = code
            lines[first + len(code)] = "print('\\0', flush=True)"
    if not any(lines):
        return []
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / f"{name}.py"
        script.write_text("\n".join(lines))
        words = [sys.executable, "-u", "-m", "foldaway.mindspore", script.name]
        output = _run(words, folder)
    return output.replace(f"{folder}/", "").split("\0\n")[:-1]


def _console_output(block: re.Match[str]) -> str:
    """Return a console block with the output of each `$ command` below it, others as they are."""
    if block[1] != "console":
        return block[0]
    commands = re.findall(r"^\$ (.*)$", block[2], re.M)
    shown = (f"$ {command}\n{_run(shlex.split(command), ROOT)}" for command in commands)
    return f"```console\n{''.join(shown)}```"


def _run(words: list[str], folder: str | Path) -> str:
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    done = subprocess.run(
        words,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"},
    )
    if done.returncode:
        raise RuntimeError(f"{shlex.join(words)}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    # Twice, because what the first time adds moves the lines that later outputs name.
    for _ in range(2):
        for page, text in pages().items():
            page.write_text(text)
