"""Object images put into memory without LLVM, for programs that compile nothing.

Only what LLVM writes for the CPU's own code on x86-64 Linux is known: code, constants, calls of C
functions and addresses relative to the code. An image that holds anything else is LLVM's.
Source: the ABI's supplement for AMD64, chapter 4, <https://gitlab.com/x86-psABIs/x86-64-ABI>.
"""

from __future__ import annotations

import ctypes
import mmap
import struct
import sys
from collections.abc import Mapping
from typing import Any, Final

_HEAD: Final = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION: Final = struct.Struct("<IIQQQQIIQQ")
_SYMBOL: Final = struct.Struct("<IBBHQQ")
_RELOCATION: Final = struct.Struct("<QIIq")
_IDENT: Final = b"\x7fELF\x02\x01\x01"
_RELOCATABLE, _X86_64 = 1, 62
_PROGBITS, _SYMTAB, _STRTAB, _RELA, _UNWIND = 1, 2, 3, 4, 0x70000001
_WRITE, _ALLOC = 1, 2
_UNDEFINED = 0
_ABS64, _PC32, _PLT32, _GOTPCREL, _PC64, _GOTPCRELX, _REX_GOTPCRELX = 1, 2, 4, 9, 24, 41, 42
_GOT_RELATIVE: Final = frozenset((_GOTPCREL, _GOTPCRELX, _REX_GOTPCRELX))
_RELATIVE: Final = frozenset((_PC32, _PLT32))
_STUB: Final = b"\xff\x25\0\0\0\0\xcc\xcc"
"""`jmp *slot(%rip)`, by which code gets to a function that is far away."""


class UnknownImage(Exception):
    """An image has something that only LLVM's linker knows."""


class LoadedCode:
    """Code in memory; it is gone when nothing refers to this any more."""

    def __init__(self, memory: mmap.mmap, address: int):
        self._memory = memory
        self.address = address
        """Where the entry is."""


class _Section:
    def __init__(self, image: bytes, place: int):
        words: tuple[int, ...] = _SECTION.unpack_from(image, place)
        _, self.kind, self.flags, _, self.offset, self.size = words[:6]
        self.link, self.info, self.alignment, _ = words[6:]


class _Symbol:
    def __init__(self, name: str, section: int, value: int):
        self.name = name
        self.section = section
        self.value = value


def load_image(image: bytes, entry: str, symbols: Mapping[str, int]) -> LoadedCode:
    """Return the code of an ELF object, ready to be called at the symbol `entry`.

    `symbols` are the addresses of what it doesn't define itself. No memory is both writable and
    executable.
    Raises UnknownImage for what isn't known here, among that a symbol that nobody has.
    """
    if not sys.platform.startswith("linux"):
        raise UnknownImage("another system")
    try:
        return _Loader(image, symbols).load(entry)
    except (struct.error, IndexError, ValueError, OverflowError, MemoryError) as error:
        raise UnknownImage(str(error)) from None


class _Loader:
    def __init__(self, image: bytes, symbols: Mapping[str, int]):
        self._image = image
        self._outside = symbols
        self._sections = _sections(image)
        self._symbols: list[_Symbol] = self._read_symbols()
        self._places: dict[int, int] = {}
        """Where each section begins, in bytes from the start."""
        self._slots: dict[int, int] = {}
        """Which slot has the address of a symbol."""
        end = 0
        for index, section in enumerate(self._sections):
            if self._is_loaded(section):
                end = _aligned(end, max(section.alignment, 1))
                self._places[index] = end
                end += section.size
        self._relocations = [*self._read_relocations()]
        self._stubs = _aligned(end, 16)
        self._table = self._stubs + len(_STUB) * len(self._slots)
        self._size = max(self._table + 8 * len(self._slots), 1)

    def load(self, entry: str) -> LoadedCode:
        """Return the code in memory of its own."""
        found = [s for s in self._symbols if s.name == entry and s.section in self._places]
        if len(found) != 1:
            raise UnknownImage(f"no symbol {entry}")
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
        memory = mmap.mmap(-1, self._size, flags, mmap.PROT_READ | mmap.PROT_WRITE)
        base = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        for index, place in self._places.items():
            section = self._sections[index]
            memory[place : place + section.size] = self._bytes(section)
        for symbol, slot in self._slots.items():
            at, word = self._stubs + len(_STUB) * slot, self._table + 8 * slot
            memory[at : at + len(_STUB)] = _STUB
            struct.pack_into("<i", memory, at + 2, word - (at + 6))
            struct.pack_into("<Q", memory, word, self._address(symbol, base))
        for place, symbol, kind, addend in self._relocations:
            self._relocate(memory, base, place, symbol, kind, addend)
        _make_executable(base, self._size)
        return LoadedCode(memory, base + self._place(found[0]))

    def _bytes(self, section: _Section) -> bytes:
        data = self._image[section.offset : section.offset + section.size]
        if len(data) != section.size:
            raise UnknownImage("it is cut off")
        return data

    def _is_loaded(self, section: _Section) -> bool:
        if not section.flags & _ALLOC or not section.size or section.kind == _UNWIND:
            return False
        if section.kind != _PROGBITS or section.flags & _WRITE or section.alignment > 4096:
            raise UnknownImage(f"a section of kind {section.kind}, flags {section.flags}")
        self._bytes(section)
        return True

    def _read_symbols(self) -> list[_Symbol]:
        tables = [section for section in self._sections if section.kind == _SYMTAB]
        if len(tables) != 1:
            raise UnknownImage("not one table of symbols")
        names = self._bytes(self._sections[tables[0].link])
        found: list[_Symbol] = []
        for name, _, _, section, value, _ in _SYMBOL.iter_unpack(self._bytes(tables[0])):
            text = names[name : names.index(b"\0", name)].decode()
            found.append(_Symbol(text, section, value))
        return found

    def _read_relocations(self) -> list[tuple[int, int, int, int]]:
        """Return place, symbol, kind and addend; note which symbols need a slot."""
        found: list[tuple[int, int, int, int]] = []
        for section in self._sections:
            if section.kind != _RELA or section.info not in self._places:
                continue
            first, size = self._places[section.info], self._sections[section.info].size
            for offset, kind, number, addend in _RELOCATION.iter_unpack(self._bytes(section)):
                symbol: int = number
                width = 8 if kind in (_ABS64, _PC64) else 4
                if offset + width > size:
                    raise UnknownImage("a place outside of its section")
                found.append((first + offset, symbol, kind, addend))
                is_outside = self._symbols[symbol].section == _UNDEFINED
                if kind in _GOT_RELATIVE or (is_outside and kind == _PLT32):
                    self._slots.setdefault(symbol, len(self._slots))
        return found

    def _address(self, index: int, base: int) -> int:
        symbol = self._symbols[index]
        if symbol.section == _UNDEFINED:
            try:
                return self._outside[symbol.name]
            except KeyError:
                raise UnknownImage(f"nobody has {symbol.name}") from None
        return base + self._place(symbol)

    def _place(self, symbol: _Symbol) -> int:
        if symbol.section not in self._places:
            raise UnknownImage(f"the section of {symbol.name}")
        if symbol.value > self._sections[symbol.section].size:
            raise UnknownImage(f"{symbol.name} is outside of its section")
        return self._places[symbol.section] + symbol.value

    def _relocate(
        self, memory: Any, base: int, place: int, symbol: int, kind: int, addend: int
    ) -> None:
        here = base + place
        if kind in _GOT_RELATIVE:
            value = base + self._table + 8 * self._slots[symbol] + addend - here
        elif kind == _PLT32 and symbol in self._slots:
            value = base + self._stubs + len(_STUB) * self._slots[symbol] + addend - here
        elif kind in _RELATIVE:
            value = self._address(symbol, base) + addend - here
        elif kind == _PC64:
            struct.pack_into("<q", memory, place, self._address(symbol, base) + addend - here)
            return
        elif kind == _ABS64:
            struct.pack_into("<Q", memory, place, self._address(symbol, base) + addend)
            return
        else:
            raise UnknownImage(f"a relocation of kind {kind}")
        struct.pack_into("<i", memory, place, value)


def _sections(image: bytes) -> list[_Section]:
    ident, kind, machine, *rest = _HEAD.unpack_from(image)
    if not ident.startswith(_IDENT) or (kind, machine) != (_RELOCATABLE, _X86_64):
        raise UnknownImage("another format, or another processor")
    start, size, count = rest[3], rest[8], rest[9]
    if size != _SECTION.size:
        raise UnknownImage("sections of another size")
    return [_Section(image, start + size * n) for n in range(count)]


def _aligned(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment


def _make_executable(address: int, size: int) -> None:
    """Take the right to write away, and give that to run."""
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    if protect(address, size, mmap.PROT_READ | mmap.PROT_EXEC):
        raise UnknownImage(f"the system refuses: error {ctypes.get_errno()}")
