"""Results of long computations, kept in files for later processes.

A file is named after its key, and starts with a mark, the length of the data and a digest of key
and data. What isn't so, or may have been written by another user, counts as not there.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import time
from pathlib import Path
from typing import Final

from .sha256 import sha256

_MARK: Final = b"\x89FOLDAWAY CACHE\n"
_HEAD: Final = struct.Struct(f"<{len(_MARK)}sQ32s")
"""The mark, how many bytes of data follow, and the digest."""
_OURS: Final = r"[0-9a-f]{64}\.[\w.]+"
_WRITTEN: Final = ".new"
"""The end of the name of a file that is being written."""
_LIMIT: Final = 256 << 20
_CHECKS: Final = 16
"""How often the size of the folder is found out while as much as the limit is written."""
_HOUR: Final = 3600.0
_INFO, _WARNING = 20, 30
"""Levels of `logging`, which isn't loaded for them."""


class DiskCache:
    """Bytes under keys, in a folder that many processes and threads use at once.

    The folder is what `FOLDAWAY_CACHE_DIR` names, else `foldaway` in `XDG_CACHE_HOME`, else
    `~/.cache/foldaway`; `FOLDAWAY_CACHE=0` turns the cache off. Both are read at each use.
    Nothing is raised for a folder or a file that can't be read or written.
    """

    def __init__(self, suffix: str, limit: int = _LIMIT) -> None:
        self._suffix = suffix
        self._limit = limit
        self._said: set[str] = set()

    def has(self, key: str) -> bool:
        """Return whether there is a file for a key; what is in it may be damaged."""
        folder = cache_folder()
        return folder is not None and os.path.exists(folder / f"{key}{self._suffix}")

    def find(self, key: str) -> bytes | None:
        """Return what was kept under a key, 64 hexadecimal digits; None if nothing was."""
        folder = cache_folder()
        if folder is None:
            return None
        file = folder / f"{key}{self._suffix}"
        try:
            with open(file, "rb") as opened:
                status = os.fstat(opened.fileno())
                kept = opened.read() if _is_own(status) else b""
        except FileNotFoundError:
            return None
        except OSError as error:
            self._note("read", _INFO, "%s can't be read: %s", file, error)
            return None
        data = _data_of(kept, key)
        if data is None:
            self._note(
                "damaged",
                _WARNING,
                "%s is damaged or another user's, and is made anew",
                file,
            )
            return None
        _note_use(file, status)
        return data

    def keep(self, key: str, data: bytes) -> None:
        """Keep data under a key; now and then, remove what was not used for the longest time."""
        folder = cache_folder()
        if folder is None or len(data) > self._limit:
            return
        try:
            os.makedirs(folder, 0o700, exist_ok=True)
            head = _HEAD.pack(_MARK, len(data), _digest(key, data))
            _write(folder / f"{key}{self._suffix}", head + data)
            if self._is_time_to_check(key, len(data)):
                _shrink(folder, self._limit)
        except OSError as error:
            self._note("written", _INFO, "%s can't be written: %s", folder, error)

    def _is_time_to_check(self, key: str, size: int) -> bool:
        """Whether to look at the whole folder: likelier for larger data, by the key's digits.

        So no process needs to know what others write, and Python's random numbers stay as they are.
        """
        return int(key[:8], 16) * self._limit < (size << 32) * _CHECKS

    def _note(self, event: str, level: int, message: str, *values: object) -> None:
        """Tell the log of the first event of its kind."""
        if event not in self._said:
            import logging

            self._said.add(event)
            logging.getLogger("foldaway.cache").log(level, message, *values)


def cache_folder() -> Path | None:
    """Return the folder of all caches, which may not exist; None if they are turned off."""
    if os.environ.get("FOLDAWAY_CACHE") == "0":
        return None
    named = os.environ.get("FOLDAWAY_CACHE_DIR")
    if named:
        return Path(named)
    shared = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(shared):
        shared = os.path.expanduser("~/.cache")
    # Where there is no home, what is left is a name in the working directory.
    return Path(shared, "foldaway") if os.path.isabs(shared) else None


def _is_own(status: os.stat_result) -> bool:
    """Whether nobody but this user and the system's may have written the file.

    It holds code that is run.
    """
    if not hasattr(os, "geteuid"):
        return True
    foreign = status.st_uid not in (os.geteuid(), 0)
    return not foreign and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _digest(key: str, data: bytes) -> bytes:
    return sha256(key.encode(), b"\n", data)


def _data_of(kept: bytes, key: str) -> bytes | None:
    """Return the data in a file, None if they aren't what was kept under the key."""
    if len(kept) < _HEAD.size:
        return None
    mark, size, digest = _HEAD.unpack_from(kept)
    data = kept[_HEAD.size :]
    fits = mark == _MARK and size == len(data) and digest == _digest(key, data)
    return data if fits else None


def _note_use(file: Path, status: os.stat_result) -> None:
    """Let the time of change say when the file was used; an hour more or less doesn't count."""
    if time.time() - status.st_mtime > _HOUR:
        try:
            os.utime(file)
        except OSError:
            pass  # Others may have removed it, or the folder is read-only.


def _write(file: Path, content: bytes) -> None:
    """Write a file: whoever reads it meanwhile finds all of it or what was there before."""
    new = f"{file}.{os.urandom(8).hex()}{_WRITTEN}"
    try:
        with open(new, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as opened:
            opened.write(content)
        os.replace(new, file)
    except BaseException:
        _remove(new)
        raise


def _shrink(folder: Path, limit: int) -> None:
    """Remove the files that were not used for the longest time until a quarter is free.

    So does what processes left that died while they wrote. Files of other names stay: the folder
    may be anybody's.
    """
    now = time.time()
    files: list[tuple[float, int, str]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not re.fullmatch(_OURS, entry.name):
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode):
                files.append((status.st_mtime, status.st_size, entry.path))
    left = sum(size for _, size, _ in files)
    over = left > limit
    for used, size, path in sorted(files):
        dead = path.endswith(_WRITTEN) and now - used > _HOUR
        if dead or (over and left > limit * 3 // 4):
            _remove(path)
            left -= size


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass  # Another process removes, too.
