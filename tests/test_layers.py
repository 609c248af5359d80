"""Rooms import only what they may, are packaged, and are seen by type checkers."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = {
    "dialects": set[str](),
    "runtime": {"dialects"},
    "frontend": {"dialects", "runtime"},
    "folding": {"dialects", "runtime", "frontend"},
    "passes": {"dialects", "folding"},
    "backends": {"dialects", "runtime"},
}
"""Each room, and the rooms that it may import. `api` may import all."""

FOLDERS = {"api", *ROOMS}


def files_of(room: str) -> list[Path]:
    return [f for f in (ROOT / room).rglob("*.py") if "__pycache__" not in f.parts]


def imports_of(file: Path) -> set[str]:
    """Return the absolute names that `file` imports, a relative one as seen from `foldaway`."""
    inside = file.relative_to(ROOT).parent.parts
    package = ["foldaway", *inside[inside[0] == "api" :]]
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            assert base or not node.level, f"{file}: a relative import leaves the package"
            base = [*base, *(node.module or "").split(".")] if node.module else base
            names |= {".".join([*base, alias.name]) for alias in node.names}
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str):
    for file in files_of(room):
        rooms = {n.split(".")[1] for n in imports_of(file) if n.startswith("foldaway.")}
        assert rooms <= {room, *ROOMS[room]}, file


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_never_says_the_package_name(room: str):
    """Then a find-references in an editor sees one module, not two."""
    for file in files_of(room):
        absolute = {n for n in absolute_imports(file) if n.split(".")[0] == "foldaway"}
        assert not absolute, file


@pytest.mark.parametrize("folder", [*sorted(FOLDERS), "tests", "lit", "examples", "benchmarks"])
def test_nobody_imports_a_folder_by_its_name_on_disk(folder: str):
    for file in files_of(folder):
        tops = {n.split(".")[0] for n in absolute_imports(file)}
        assert not tops & FOLDERS, file


def absolute_imports(file: Path) -> set[str]:
    names = set[str]()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
    return names


def test_the_dialects_import_nothing_but_xdsl():
    allowed = {"xdsl", *sys.stdlib_module_names}
    for file in files_of("dialects"):
        tops = {n.split(".")[0] for n in absolute_imports(file)}
        assert tops <= allowed, file


def test_every_folder_with_an_init_is_packaged():
    """A forgotten one works from a checkout and is missing from the wheel."""
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    folders = {
        "foldaway" + f"/{folder}".replace("/api", "", 1).replace("/", ".")
        for room in FOLDERS
        for folder in {f.parent.relative_to(ROOT) for f in files_of(room)}
    }
    assert set(setup["packages"]) == folders
    assert set(setup["package-dir"].values()) == FOLDERS


def test_sub_packages_are_one_level_deep():
    deep = [f for room in ROOMS for f in files_of(room) if len(f.relative_to(ROOT).parts) > 3]
    assert not deep


def test_checkers_see_what_python_sees():
    """typings/foldaway links to each file of api and to each other room."""
    links = ROOT / "typings/foldaway"
    if not (links / "dialects").is_symlink():
        pytest.skip("this copy of the repository has lost its links; nothing runs from them")
    api = {p.name for p in (ROOT / "api").iterdir()} - {"__pycache__"}
    assert {p.name for p in links.iterdir()} == api | set(ROOMS)
    assert all(p.exists() for p in links.iterdir())


def test_the_package_is_imported_once():
    """The checkout's own folders must not be importable under another name by accident."""
    program = (
        "import sys, foldaway.universe as u\n"
        "for table in (u.FOLDAWAY.all_dialects, u.FOLDAWAY.all_passes, u.FOLDAWAY.all_targets):\n"
        "    for load in table.values(): load()\n"
        f"print(sorted({FOLDERS} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
