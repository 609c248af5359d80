"""LLVM IR text → machine code for this processor, in memory, through llvmlite.

Object images are kept on disk: they say nothing of addresses, which the linker is told each time.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, TypeVar, cast

import llvmlite  # pyright: ignore[reportMissingTypeStubs]
import llvmlite.binding as _untyped  # pyright: ignore[reportMissingTypeStubs]

from ...runtime.sha256 import sha256
from ...runtime.version import VERSION
from ..llvm_ir.instructions import Instructions
from .effort import Effort
from .library import addresses
from .processor import this_processor
from .stored_code import IMAGES

_llvm = cast(Any, _untyped)
Result = TypeVar("Result")

_FORM = 1
"""Is counted up when something else comes out of the same text and `Effort`."""


class MachineCode:
    """Code that is loaded; it is unloaded when nothing refers to this any more."""

    def __init__(self, tracker: Any, entry: str, key: str, owner: object) -> None:
        self._tracker = tracker
        self._owner = owner
        self.address: int = tracker[entry]
        """Where the entry is."""
        self.key = key
        """Under which its image is kept on disk."""


class Assembler:
    """LLVM's optimiser, code generator and linker. One thread at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        # llvmlite has a lock, too: it is taken last, as everywhere.
        self._inner: Any = _llvm.ffi.lib._lock._lock
        if hasattr(os, "register_at_fork"):
            # A child that is forked while another thread compiles would wait for it forever.
            for lock in (self._inner, self._lock):
                os.register_at_fork(
                    before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
                )

    @cached_property
    def instructions(self) -> Instructions:
        """What this processor can do."""
        features: Mapping[str, bool] = _llvm.get_host_cpu_features()
        # 64-bit ARM has the one without a name.
        fma = features.get("fma", False) or "neon" in features
        vector_bytes = this_processor().vector_bytes
        return Instructions(features.get("f16c", False), fma, vector_bytes)

    @cached_property
    def _processor(self) -> tuple[str, str]:
        """The name and the features of this processor, in LLVM's words."""
        return _llvm.get_host_cpu_name(), _llvm.get_host_cpu_features().flatten()

    @cached_property
    def _machines(self) -> list[Any]:
        """LLVM's target machine for each level of the code generator."""
        return [self._new_machine(level) for level in range(3)]

    @cached_property
    def _linker(self) -> Any:
        return _llvm.create_lljit_compiler(self._new_machine(2), use_jit_link=True)

    def _new_machine(self, level: int) -> Any:
        _llvm.initialize_native_target()
        _llvm.initialize_native_asmprinter()
        _llvm.initialize_native_asmparser()
        processor, features = self._processor
        return _llvm.Target.from_default_triple().create_target_machine(
            cpu=processor, features=features, opt=level, reloc="pic", codemodel="small"
        )

    @cached_property
    def _maker(self) -> bytes:
        """What an image depends on beside the text and the effort."""
        versions = (VERSION, _FORM, llvmlite.__version__, _llvm.llvm_version_info)
        place = (_llvm.get_default_triple(), *self._processor)
        return repr((versions, place)).encode()

    def assemble(
        self, text: str, entry: str, symbols: Mapping[str, int], effort: Effort
    ) -> MachineCode:
        """Return the loaded code of a module in LLVM IR.

        `symbols` are addresses of the externals that aren't C's.
        Raises `RuntimeError` for text that isn't LLVM IR and for a symbol that nobody has.
        """
        key, image = self.image_of(text, entry, effort)
        return self.load(key, image, entry, symbols)

    def image_of(self, text: str, entry: str, effort: Effort) -> tuple[str, bytes]:
        """Return the object image of a module in LLVM IR, and the key under which it is kept.

        Raises `RuntimeError` for text that isn't LLVM IR.
        """
        key = self._alone(self._key_of, text, entry, effort)
        image = IMAGES.find(key)
        if image is None:
            image = self._alone(self._object_of, text, effort)
            IMAGES.keep(key, image)
        return key, image

    def load(self, key: str, image: bytes, entry: str, symbols: Mapping[str, int]) -> MachineCode:
        """Return the loaded code of the object image with a key."""
        return self._alone(self._load, key, image, entry, symbols)

    def _alone(self, work: Callable[..., Result], *arguments: object) -> Result:
        """Return what some work with LLVM gives. Files are read and written outside of it."""
        with self._lock:
            try:
                return work(*arguments)
            finally:
                self._leave()

    def _leave(self) -> None:
        """Give llvmlite's lock back that an interrupt has left taken: others would wait forever.

        Its `__enter__` is Python code: an interrupt may come when the lock is taken already.
        """
        if self._inner._is_owned():
            self._inner._release_save()

    def _key_of(self, text: str, entry: str, effort: Effort) -> str:
        return sha256(self._maker, repr((entry, effort)).encode(), text.encode()).hex()

    def _load(self, key: str, image: bytes, entry: str, symbols: Mapping[str, int]) -> MachineCode:
        library = _llvm.JITLibraryBuilder().add_object_img(image).export_symbol(entry)
        for name, address in {**addresses(), **symbols}.items():
            # Telling the linker of all of C takes as long as the linking.
            if name.encode() in image:
                library.import_symbol(name, address)
        tracker = library.link(self._linker, f"foldaway{next(self._numbers)}")
        return MachineCode(tracker, entry, key, self)

    def _object_of(self, text: str, effort: Effort) -> bytes:
        machine = self._machines[effort.generator]
        module = _llvm.parse_assembly(text)
        module.verify()
        options = _llvm.create_pipeline_tuning_options(speed_level=effort.optimizer)
        options.loop_vectorization = True
        options.slp_vectorization = False
        options.loop_unrolling = effort.unrolled
        options.loop_interleaving = effort.interleaved
        builder = _llvm.create_pass_builder(machine, options)
        builder.getModulePassManager().run(module, builder)
        return machine.emit_object(module)


ASSEMBLER = Assembler()
"""The one of this process: LLVM works for one thread at a time."""
