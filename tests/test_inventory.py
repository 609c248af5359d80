"""Everything that has a name has a file of that name, a lit test, and a heading in the docs."""

import ast
import re
from pathlib import Path

import pytest

from foldaway.universe import DIALECTS, PASSES, TARGETS, loaders

ROOT = Path(__file__).parents[1]
ROOMS = ["api", "backends", "dialects", "folding", "frontend", "passes", "runtime"]
OPS = [op.name for load in loaders(DIALECTS).values() for op in load().operations]


def headings(page: str) -> set[str]:
    """Return the headings of a page of docs/, without code marks."""
    text = (ROOT / "docs" / page).read_text()
    return {h.replace("`", "").strip() for h in re.findall(r"^#+ (.*)$", text, re.M)}


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_has_one_name_everywhere(name: str):
    module, attribute = PASSES[name]
    loaded = loaders(PASSES)[name]()
    assert loaded.name == name
    assert module == f"foldaway.passes.{name.replace('-', '_')}"
    assert attribute.lower() == name.replace("-", "") + "pass"
    assert (ROOT / "passes" / f"{name.replace('-', '_')}.py").exists()
    assert list((ROOT / "lit/passes" / name).glob("*.mlir"))
    assert name in headings("passes.md")


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_has_one_name_everywhere(name: str):
    assert loaders(TARGETS)[name]().name == name
    assert TARGETS[name][1].lower() == f"{name}target"
    assert [
        *(ROOT / "lit/targets" / name).glob("*.mlir"),
        *(ROOT / "lit/targets" / name).glob("*.py"),
    ]
    assert name in headings("targets.md")


@pytest.mark.parametrize("name", OPS)
def test_an_op_has_a_lit_file_and_a_heading(name: str):
    dialect, op = name.split(".", 1)
    assert (ROOT / "lit/dialects" / dialect / f"{op}.mlir").exists()
    assert name in headings(f"dialects/{dialect}.md")


def test_no_lit_folder_is_left_behind():
    assert {p.name for p in (ROOT / "lit/passes").glob("*")} <= set(PASSES)
    assert {p.name for p in (ROOT / "lit/targets").glob("*")} <= set(TARGETS)
    assert {p.name for p in (ROOT / "lit/dialects").glob("*")} <= set(DIALECTS)


def test_no_pass_is_left_unregistered():
    files = {p.stem.replace("_", "-") for p in (ROOT / "passes").glob("*.py")} - {"--init--"}
    assert {f for f in files if is_pass(ROOT / "passes" / f"{f.replace('-', '_')}.py")} == set(
        PASSES
    )


def is_pass(file: Path) -> bool:
    return bool(re.search(r"^class \w+\(ModulePass\)", file.read_text(), re.M))


def problems() -> set[str]:
    """Return the text of each error that the rooms reject a program with.

    `…` stands for what is put in. The texts are arguments of `reject(where, problem, hint)`, of a
    method `reject(problem, hint)`, or of a method that hands them on to it.
    """
    calls = [
        node
        for room in ROOMS
        for file in (ROOT / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
    ]
    texts = [text for call in calls for text in texts_of(call)]
    return {wording(text).replace("`", "") for text in texts} - {"…"}


def texts_of(call: ast.Call) -> list[ast.expr]:
    match call:
        case ast.Call(func=ast.Name(id="reject"), args=[_, problem, _]):
            return [problem]
        case ast.Call(func=ast.Attribute(attr="reject"), args=[problem, _]):
            return [problem]
        case ast.Call(func=ast.Attribute(attr="refuse_effect"), args=[problem]):
            return [problem]
        case ast.Call(func=ast.Name(id="change"), args=[_, _, problem, *_]):
            return [problem]
        case ast.Call(func=ast.Attribute(attr="check_modelled"), args=[_, problem]):
            return [problem]
        case _:
            return []


def wording(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("{}", "…")
        case ast.JoinedStr(values=parts):
            return "".join(wording(p) if isinstance(p, ast.Constant) else "…" for p in parts)
        case ast.IfExp(body=body):
            return wording(body)
        case _:
            return "…"


def test_every_error_has_a_heading_in_the_docs():
    assert problems() == headings("errors.md") - {"Errors"}


def test_error_texts_keep_the_house_style():
    for text in problems():
        if text.startswith("Should not use Python object in runtime"):
            continue  # The seed's words.
        assert not text.endswith("."), text
        assert not text[:1].isupper() or text.split()[0].isupper(), text
