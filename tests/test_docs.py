"""The pages say what is so: examples run, references match, the site builds."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def written() -> dict[Path, str]:
    spec = importlib.util.spec_from_file_location("write", ROOT / "docs/write.py")
    assert spec is not None
    assert spec.loader is not None
    write = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(write)
    return write.pages()


def test_every_page_is_as_it_would_be_written():
    stale = [page.name for page, text in written().items() if page.read_text() != text]
    assert not stale, f"run: python docs/write.py (stale: {stale})"


def test_the_site_builds_without_warnings(tmp_path: Path):
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(tmp_path)]
    settings = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=settings)
    # Not --quiet: it would hide the warnings from --strict, too.
    assert "WARNING" not in done.stderr
    assert done.returncode == 0, done.stderr


PAGES = [
    *("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"),
    *sorted(f"docs/{page.name}" for page in (ROOT / "docs").glob("inside-*.md")),
]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_a_page_names_exists(page: str):
    text = (ROOT / page).read_text()
    paths = [word for word in text.split("`")[1::2] if "/" in word and " " not in word]
    missing = [p for p in paths if not any(c in p for c in "*<{→:") and not (ROOT / p).exists()]
    assert not missing
