"""Files of forms that are damaged, and what goes wrong while forms are kept."""

import logging
import signal

import pytest

from foldaway import stored_forms
from foldaway.backends.cpu.stored_code import this_machine

from .programs import PROGRAMS

pytestmark = pytest.mark.skipif(this_machine() is None, reason="only Linux on x86-64")


@pytest.mark.parametrize("how", ["cut", "changed", "empty", "emptied image", "no image"])
def test_damage(how, program, compiled, caplog):
    text = PROGRAMS["elementwise"]
    first = program.run(text)
    (form,) = (program.file.parent / "cache").glob("*.form")
    (image,) = (program.file.parent / "cache").glob("*.o")
    content = form.read_bytes()
    match how:
        case "cut":
            form.write_bytes(content[:-1])
        case "changed":
            form.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        case "empty":
            form.write_bytes(b"")
        case "emptied image":
            image.write_bytes(b"")
        case "no image":
            image.unlink()
    with caplog.at_level(logging.WARNING):
        assert program.run(text) == first
    assert len(compiled) == 2
    assert program.run(text) == first
    assert len(compiled) == 2


@pytest.mark.logs_errors
@pytest.mark.parametrize("name", ["write_key", "write_segment", "GuardWriter"])
def test_a_failure_of_ours_is_told_and_ends_no_call(name, program, compiled, caplog, monkeypatch):
    monkeypatch.setattr(stored_forms, name, None)
    first = program.run(PROGRAMS["numbers"])
    assert program.run(PROGRAMS["numbers"]) == first
    assert "this is a bug in foldaway, in 'stored-forms': TypeError: 'NoneType'" in caplog.text
    assert len(compiled) == 2


@pytest.mark.parametrize("name", ["write_key", "write_segment", "GuardReader.source"])
def test_what_objects_raise_is_no_bug_and_ends_no_call(name, program, caplog, monkeypatch):
    def odd(*arguments):
        raise OSError("an object of the program's is odd")

    first = program.run(PROGRAMS["numbers"])
    if name == "write_segment":
        for form in (program.file.parent / "cache").glob("*.form"):
            form.unlink()
    with monkeypatch.context() as patched, caplog.at_level(logging.DEBUG, "foldaway.cache"):
        patched.setattr(f"foldaway.stored_forms.{name}", odd)
        assert program.run(PROGRAMS["numbers"]) == first
    assert "an object of the program's is odd" in caplog.text
    assert "bug" not in caplog.text


@pytest.mark.parametrize("name", ["write_key", "write_segment", "GuardReader.source"])
def test_what_handlers_of_signals_raise_goes_on(name, program, monkeypatch):
    def interrupted(number, frame):
        raise TimeoutError

    first = program.run(PROGRAMS["numbers"])
    if name == "write_segment":
        for form in (program.file.parent / "cache").glob("*.form"):
            form.unlink()
    before = signal.signal(signal.SIGUSR1, interrupted)
    try:
        with monkeypatch.context() as patched:
            raised = lambda *arguments: signal.raise_signal(signal.SIGUSR1)  # noqa: E731
            patched.setattr(f"foldaway.stored_forms.{name}", raised)
            with pytest.raises(TimeoutError):
                program.run(PROGRAMS["numbers"])
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert program.run(PROGRAMS["numbers"]) == first
