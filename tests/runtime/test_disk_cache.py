"""What is kept on disk is found again or counts as not there, whatever others do to the files."""

import hashlib
import logging
import multiprocessing
import os
import threading
import time
import tomllib
from pathlib import Path

import pytest

from foldaway.runtime.disk_cache import DiskCache, cache_folder
from foldaway.runtime.version import VERSION

HOUR = 3600


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", str(tmp_path / "a" / "b"))
    monkeypatch.delenv("FOLDAWAY_CACHE", raising=False)
    return tmp_path / "a" / "b"


def key(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def only_file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 1000])
def test_what_is_kept_is_found(folder, data):
    assert DiskCache(".t").find(key(1)) is None
    DiskCache(".t").keep(key(1), data)
    assert DiskCache(".t").find(key(1)) == data
    assert DiskCache(".u").find(key(1)) is None
    assert DiskCache(".t").find(key(2)) is None
    assert only_file(folder).name == f"{key(1)}.t"


def test_only_the_user_may_read_and_write(folder):
    DiskCache(".t").keep(key(1), b"data")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert only_file(folder).stat().st_mode & 0o777 == 0o600


def damaged(content: bytes):
    yield b""
    yield b"x"
    yield content[:20]
    yield content[:-1]
    yield content + b"\0"
    yield b"\0" * len(content)
    for position in (0, 16, 24, 40, len(content) - 1):
        changed = bytearray(content)
        changed[position] ^= 1
        yield bytes(changed)


def test_a_damaged_file_counts_as_not_there_and_is_made_anew(folder, caplog):
    cache = DiskCache(".t")
    cache.keep(key(1), b"some data")
    file = only_file(folder)
    content = file.read_bytes()
    for changed in damaged(content):
        file.write_bytes(changed)
        assert cache.find(key(1)) is None
        cache.keep(key(1), b"some data")
        assert file.read_bytes() == content
    assert len(caplog.records) == 1, "it is said once"
    assert caplog.records[0].levelno == logging.WARNING
    assert f"{key(1)}.t is damaged" in caplog.text


def test_a_file_under_another_name_counts_as_not_there(folder):
    cache = DiskCache(".t")
    cache.keep(key(1), b"some data")
    only_file(folder).rename(folder / f"{key(2)}.t")
    assert cache.find(key(2)) is None


def test_a_file_that_others_may_write_counts_as_not_there(folder):
    cache = DiskCache(".t")
    cache.keep(key(1), b"some data")
    only_file(folder).chmod(0o620)
    assert cache.find(key(1)) is None
    cache.keep(key(1), b"some data")
    assert cache.find(key(1)) == b"some data"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_a_file_of_another_user_counts_as_not_there(folder):
    cache = DiskCache(".t")
    cache.keep(key(1), b"some data")
    os.chown(only_file(folder), 12345, -1)
    assert cache.find(key(1)) is None


def test_what_is_no_folder_is_noted_once_and_no_error(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", str(tmp_path / "file"))
    caplog.set_level(logging.DEBUG)
    cache = DiskCache(".t")
    for number in range(3):
        assert cache.find(key(number)) is None
        cache.keep(key(number), b"data")
    assert {record.levelno for record in caplog.records} == {logging.INFO}
    assert len(caplog.records) == 2, "one for what is read, one for what is written"


def test_a_folder_in_place_of_a_file_is_no_error(folder):
    cache = DiskCache(".t")
    (folder / f"{key(1)}.t").mkdir(parents=True)
    assert cache.find(key(1)) is None
    cache.keep(key(1), b"data")
    assert [file.name for file in folder.iterdir()] == [f"{key(1)}.t"], "nothing is left behind"


def test_the_variables_say_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", "/named")
    monkeypatch.setenv("XDG_CACHE_HOME", "/shared")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == Path("/named")
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", "")
    assert cache_folder() == Path("/shared/foldaway")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache/foldaway"
    monkeypatch.setenv("HOME", "nowhere")
    assert cache_folder() is None, "no folder is made in the working directory"
    monkeypatch.setenv("XDG_CACHE_HOME", "/shared")
    monkeypatch.setenv("FOLDAWAY_CACHE", "0")
    assert cache_folder() is None


def test_it_is_turned_off_and_on_at_any_time(folder, monkeypatch):
    cache = DiskCache(".t")
    monkeypatch.setenv("FOLDAWAY_CACHE", "0")
    cache.keep(key(1), b"data")
    assert not folder.exists()
    monkeypatch.setenv("FOLDAWAY_CACHE", "1")
    cache.keep(key(1), b"data")
    assert cache.find(key(1)) == b"data"
    monkeypatch.setenv("FOLDAWAY_CACHE", "0")
    assert cache.find(key(1)) is None


def age(file: Path, hours: float) -> None:
    os.utime(file, (time.time() - hours * HOUR,) * 2)


def test_the_folder_stays_small_and_keeps_what_was_used(folder):
    cache = DiskCache(".t", limit=100_000)
    for number in range(300):
        cache.keep(key(number), bytes(1000))
        age(folder / f"{key(number)}.t", 1000 - number)
        assert cache.find(key(7)) is not None or number < 7, "what is used stays"
        size = sum(file.stat().st_size for file in folder.iterdir())
        assert size < 150_000, "the limit, and what is written between two checks"
    assert cache.find(key(299)) is not None
    assert cache.find(key(50)) is None
    assert size > 60_000


def test_what_is_larger_than_the_limit_is_not_kept(folder):
    DiskCache(".t", limit=1000).keep(key(1), bytes(1001))
    assert not folder.exists()


def test_files_of_others_stay_and_what_the_dead_left_goes(folder):
    folder.mkdir(parents=True)
    strangers = [folder / "notes.txt", folder / "b.t", folder / f"{key(1)[:-1]}.t"]
    left = [folder / f"{key(2)}.t.00ff.new", folder / f"{key(3)}.t.00ff.new"]
    for file in [*strangers, *left]:
        file.write_bytes(bytes(5000))
        age(file, 2)
    age(left[1], 0.5)
    cache = DiskCache(".t", limit=10_000)
    for number in range(10, 30):
        cache.keep(key(number), bytes(1000))
    assert all(file.exists() for file in strangers)
    assert not left[0].exists()


def test_a_use_is_noted(folder):
    cache = DiskCache(".t")
    cache.keep(key(1), b"data")
    age(only_file(folder), 5)
    cache.find(key(1))
    assert time.time() - only_file(folder).stat().st_mtime < HOUR / 2


def work(seed: int) -> None:
    cache = DiskCache(".t", limit=20_000)
    for number in range(100):
        name, data = key((number * seed) % 30), str((number * seed) % 30).encode() * 500
        found = cache.find(name)
        assert found is None or found == data
        cache.keep(name, data)


def test_threads_and_processes_share_it(folder, caplog):
    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=DiskCache(".t").keep, args=(key(1), b"1" * n)) for n in (5, 9)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert DiskCache(".t").find(key(1)) in (b"1" * 5, b"1" * 9)
    assert not caplog.records


def test_the_version_is_that_of_the_package():
    root = Path(__file__).parents[2]
    assert tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"] == VERSION
