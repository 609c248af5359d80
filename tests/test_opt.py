"""The command line: what goes wrong is one message and exit code 1, and nothing leaks out."""

import subprocess
import sys
from pathlib import Path

import pytest
from xdsl.ir import Attribute

from foldaway.opt import main


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as exit:
        main(words)
    assert exit.value.code == 1
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["no/such/file.mlir"], "error: [Errno 2] No such file or directory: 'no/such/file.mlir'"),
        (["-p", "cse{", "{ir}"], "error: Error parsing pass pipeline specification"),
        (["-p", "cse{x=1}", "{ir}"], 'error: Provided arguments ["x"] not found'),
        (["{py}", "--args", "f32"], "error: --args needs --function"),
        (["{txt}"], "error: Unrecognized file extension 'txt'"),
    ],
)
def test_a_wrong_command_line_is_one_line(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    for name in ("ir.mlir", "py.py", "txt.txt"):
        (tmp_path / name).write_text("" if name == "py.py" else "module {}")
    files = {
        name: str(tmp_path / f"{name}.{end}")
        for name, end in (("ir", "mlir"), ("py", "py"), ("txt", "txt"))
    }
    said = refused(capsys, *(files.get(word.strip("{}"), word) for word in words))
    assert said.startswith(message)
    assert said.count("\n") == 1


def test_input_that_is_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "a.mlir"
    file.write_bytes(b"\xff\xfe\x00")
    assert "error:" in refused(capsys, str(file))


def test_switching_the_verifier_off_lasts_for_one_run(tmp_path: Path):
    file = tmp_path / "a.mlir"
    file.write_text("module {}")
    before = Attribute.__post_init__
    main([str(file), "--disable-verify"])
    assert Attribute.__post_init__ is before


def test_it_is_a_command():
    command = Path(sys.executable).with_name("foldaway-opt")
    text = "func.func @f(%a: i32) -> i32 { func.return %b : i32 }"
    done = subprocess.run([command], input=text, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("stdin:1:")
    assert done.stderr.count("\n") == 1


def test_plain_xdsl_opt_starts_beside_ours():
    command = Path(sys.executable).with_name("xdsl-opt")
    done = subprocess.run([command], input="module {}", capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("builtin.module {\n}\n\n", "")
