"""All state of one fold: the graph under construction, its inputs, guards and report."""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, cast

from xdsl.dialects.builtin import LocationAttr, UnknownLoc
from xdsl.ir import Block, Operation, SSAValue

from ..dialects.build import IRBuilder
from ..dialects.ir_emitter import IREmitter
from ..dialects.source import CompileError, reject
from ..runtime import guards
from ..runtime.constants import KnownConstants
from ..runtime.sources import Held, Source
from ..runtime.symbolic_array import SymbolicArray
from ..runtime.tensor import Tensor
from ..runtime.tracing import ValueNeeded
from .aliases import Aliases
from .array_inputs import ArrayInputs, ArrayPolicy
from .classify import is_framework, is_graph_callable, is_plain
from .effects import Effects
from .errors import Raised
from .fold_report import FoldReport, place_of
from .frames import Frame
from .graph_inputs import GraphInputs
from .host import Host
from .journal import Journal
from .native_reads import NativeReads
from .notice import Notice
from .number_table import NumberPolicy, Numbers
from .numbers import constant
from .options import Options
from .outside import Outside
from .run_time_errors import is_protected

if TYPE_CHECKING:
    from types import FunctionType

    from .tensor_numbers import TensorNumber

AnyGuard = guards.AnyGuard

MAX_ITERATIONS = 100_000
"""How many passes of loops one fold may unroll."""
MAX_LAX_ITERATIONS = 2_000
"""The same in LAX, where Python runs longer loops faster than they are compiled."""


class _FrameEmitter(IREmitter):
    """Places each op at the line that is being folded."""

    def __init__(self, folding: Folding, block: Block):
        self._folding = folding
        super().__init__(block)

    @property
    def location(self) -> LocationAttr:
        """The place of the op that runs now."""
        return self._folding.location

    @location.setter
    def location(self, value: LocationAttr) -> None:
        """Ignored: the frames know the place."""


class Folding(KnownConstants):
    """The tracer of one fold, and everything that folding finds out."""

    # The run so far.

    frame: Frame | None = None
    """The frame whose op runs now."""
    depth = 0
    native_calls = 0
    """How many calls of native code are running inside each other."""
    moves_numbers = True
    """Whether who runs folded code now takes run-time numbers as they are."""
    direct = False
    """Whether a call that starts now may end in several ways: a statement waits for it."""
    rolling = 0
    """How many loops that could be unrolled are being folded as loops of the graph."""
    needed: CompileError | None = None
    """What refused data that native code asked for, which may have swallowed the error."""

    # What the function turns out to have.

    has_branches = False
    """Whether the graph has branches or loops."""
    has_effects = False
    """Whether the host program changes anything that existed before the call."""
    has_rolled = False
    """Whether a loop that could be unrolled has become one of the graph."""
    may_have_left = False
    """Whether a way of the program has ended by then: what follows may not come at all."""
    copies = 0
    """How many times what follows a branch is folded once more than it is written."""

    _iterations = 0

    def __init__(
        self,
        options: Options,
        numbers: NumberPolicy | None = None,
        arrays: ArrayPolicy | None = None,
    ):
        self.options = options
        self.numbers = Numbers(self, numbers or NumberPolicy())
        self.entry = Block()
        """The function's block; its arguments are the inputs."""
        self.builder = IRBuilder(self.entry)
        self.builder.emitter = _FrameEmitter(self, self.entry)
        self.journal = Journal()
        self.aliases = Aliases(self)
        self.inputs = GraphInputs(self, self.entry)
        self.arrays = ArrayInputs(self, arrays or ArrayPolicy())
        self.outside = Outside(self)
        self.native = NativeReads(self)
        self.host = Host(self)
        self.effects = Effects(self)
        self.notice = Notice()
        self.report = FoldReport(lambda: self.place)
        self.guards: dict[tuple[object, ...], AnyGuard] = {}
        self.bounds: dict[SSAValue, range] = {}
        """Numbers that an int of the graph is one of: the items of loops over ranges."""
        self.functions: dict[int, FunctionType] = {}
        """The functions that were folded in, by identity."""
        self.methods: dict[tuple[int, str], type] = {}
        """The methods of outside classes that are guarded, each once."""
        self.born_classes: dict[int, type] = {}
        """The classes that class statements made, by identity."""
        self.handled: list[BaseException] = []
        """The exceptions whose handlers are running, the innermost last."""
        self.locals: dict[int, dict[str, object]] = {}
        """What `locals()` gave in each frame."""
        self.unfinished: dict[int, tuple[Frame, Operation]] = {}
        """The generators that wait inside `try` or `with`, and where."""
        self._made_numbers: dict[object, list[TensorNumber]] = {}

    @property
    def block(self) -> Block:
        """Where new ops go: the function's block, or that of a side of a branch."""
        return self.builder.emitter.block

    @block.setter
    def block(self, block: Block) -> None:
        self.builder.emitter.block = block

    @property
    def location(self) -> LocationAttr:
        """Where the op that runs now stands in the user's file."""
        return self.frame.location if self.frame is not None else UnknownLoc()

    @property
    def place(self) -> tuple[str, int] | None:
        """File and line of the op that runs now."""
        return place_of(self.location)

    @property
    def protected(self) -> bool:
        """Whether the program would notice in a `try` or a `with` what the running op raises."""
        return is_protected(self, self.frame)

    def reject(self, problem: str, hint: str) -> NoReturn:
        """Raise CompileError at the op that runs now, and remember it.

        Native code that called back may swallow it; `check_needed` raises it again.
        """
        where = self.frame.op if self.frame is not None else None
        try:
            reject(where if where is not None else self.location, problem, hint)
        except CompileError as error:
            self.needed = self.needed or error
            raise

    def refuse_effect(self, problem: str) -> NoReturn:
        """Raise CompileError: something that existed before the call would change."""
        self.reject(problem, "return the new value, and keep it where you call the function")

    # What existed before the call.

    def adopt(self, value: object, source: Source) -> object:
        """Return what stands for an outside value while folding."""
        return self.outside.adopt(value, source)

    def add_guard(self, guard: AnyGuard) -> None:
        """Keep a guard; what was read once needs no second one."""
        self.guards.setdefault(_guard_key(guard), guard)

    def has_guard(self, guard: AnyGuard) -> bool:
        """Return whether a guard is kept."""
        return _guard_key(guard) in self.guards

    def handed_out(self, value: object) -> object:
        """Return what folded code gives to who runs it: native code may need constants."""
        return value if self.moves_numbers else constant(value)

    def source(self, value: object) -> Source | None:
        """Return the path to a value from outside, None for one that was born while folding."""
        return self.outside.source(value) or self.inputs.source(value) or self.arrays.source(value)

    @property
    def rolls(self) -> bool:
        """Whether long loops may become loops of the graph: gradients don't know those."""
        return self.options.rolls and not self.differentiations

    # What is made in the side of a branch.

    @contextmanager
    def watching_tensors(self, found: dict[int, Tensor]) -> Generator[None]:
        """Add the tensors that are made until the block ends, and are still there, to `found`."""
        outer, self.watched = self.watched, []
        try:
            yield
        finally:
            made, self.watched = self.watched, outer
            for reference in made:
                tensor = reference()
                if tensor is not None:
                    found[id(tensor)] = cast(Tensor, tensor)
            if outer is not None:
                outer += made

    def note_number(self, number: TensorNumber) -> None:
        """Be told of a number that was computed by an op."""
        owner = number.value.owner
        block = owner if isinstance(owner, Block) else owner.parent
        self._made_numbers.setdefault(block, []).append(number)

    def numbers_made_in(self, block: Block) -> list[TensorNumber]:
        """Return the numbers that were computed in a block."""
        return self._made_numbers.get(block, [])

    # Tracer: what tensors ask for.

    def lift(self, tensor: Tensor) -> SSAValue:
        """Return the graph value of a tensor that code met without the folder's knowledge."""
        return self.inputs.tensor(tensor, Held(tensor)).graph_value(self)

    def refuse(self, tensor: Tensor, wanted: str) -> ValueNeeded:
        """Return the error for asking a run-time tensor for its data, and remember it."""
        if tensor.is_symbolic:
            self.arrays.blame([tensor.graph_value(self)])
        try:
            self.reject(
                f"{wanted} needs the data of a tensor that exists only at run time",
                "compute with tensor operations, or do this outside the compiled function",
            )
        except CompileError as error:
            self.needed = error
        return ValueNeeded(wanted)

    def undecided(self, value: SSAValue) -> bool:
        """Return whether a run-time bool, a 0-d value, holds. Rejects: only the call knows."""
        self.arrays.blame([value])
        self.reject(
            "the branch depends on the data of a tensor that exists only at run time",
            "choose between values with where(condition, a, b)",
        )

    def refuse_array(self, values: Sequence[SSAValue], problem: str, hint: str) -> NoReturn:
        """Raise CompileError for what can't be done with run-time arrays, and remember them."""
        self.arrays.blame(values)
        self.reject(problem, hint)

    def memory_of(self, tensor: Tensor) -> SymbolicArray | None:
        """Return the array that shares a symbolic tensor's memory; None: there is none."""
        return self.arrays.memory(tensor)

    def refuse_write(self, tensor: Tensor) -> NoReturn:
        """Raise CompileError for a change of a tensor that existed before the call."""
        source = self.source(tensor)
        self.refuse_effect(f"the tensor '{source or 'of the world outside'}' is changed in place")

    def before_identity(self, tensor: Tensor) -> None:
        """Reject what asks which object a tensor is that may be one with another."""
        self.aliases.check_identity(tensor)

    def before_truth(self) -> None:
        """Reject native code that looks for a tensor among others, of which some may be one."""
        if self.native_calls:
            self.aliases.check_search()

    def before_effect(self, what: str) -> None:
        """Reject what changes the framework's own state, or draws from it."""
        self.reject(f"{what} has an effect", "do it before the compiled function is called")

    def before_write(self, tensor: Tensor, operation: str) -> None:
        """Let the host do the write to a tensor that lives there; a branch may have to undo it."""
        self.aliases.check_write(tensor)
        self.journal.before_change(tensor)
        self.arrays.before_write(tensor, operation)
        self.host.before_write(tensor, operation)
        if operation == "write":
            self.inputs.note_written(tensor)

    def note_effect(self, what: str) -> None:
        """Record that the running op changes something at every call."""
        self.has_effects = True
        self.report.note_effect(what)

    # What the steps ask before they go on.

    def need_python(self, what: str) -> None:
        """Reject what runs Python, when the IR may not."""
        if not self.options.allow_python:
            self.reject(f"folding {what} would run Python", "allow it with --allow-python")

    def meet(self, value: object) -> None:
        """Be told that the running op is evaluated on a value, before it is.

        An object that the graph doesn't know makes its statement part of the notice; with the
        fallback switched off it is Python's own TypeError, and a line on stderr.
        """
        if self._may_be_nested(value) and self.source(value) is None:
            # What its statement is by now doesn't depend on what is in it.
            self.outside.check_handles(value)
            self.native.guard_content(value)
            return
        if is_plain(value):
            return
        self.outside.check_handles(value)
        self.native.guard_content(value)
        if is_graph_callable(value):
            return
        if not self.options.fallback:
            print(f"Meet a exception from Python when get the type of '{value}'", file=sys.stderr)
            raise Raised(
                TypeError(
                    f"Not support for this object with type '{type(value)}' and value '{value}'"
                )
            )
        self.need_python("an operation on an object")
        self._note_statement()

    def _may_be_nested(self, value: object) -> bool:
        """Return whether a value is a list or a tuple, and the running statement noted already."""
        kind = type(value)
        noted = (kind is list or kind is tuple) and self.options.fallback
        return noted and self.notice.has(self.location)

    def note_object(self, value: object) -> None:
        """Put the running statement into the notice if the value is an object."""
        if not is_plain(value) and not is_graph_callable(value):
            self._note_statement()

    def _note_statement(self) -> None:
        """Put the running statement into the notice, unless it is one of the framework's own."""
        if self.frame is None or not is_framework(self.frame.function):
            self.notice.add(self.location)

    def check_needed(self) -> None:
        """Raise the error for a tensor's data that someone asked for, even if it was caught."""
        if self.needed is not None:
            raise self.needed

    def check_modelled(self, value: object, problem: str) -> None:
        """Reject a change in place of an outside object that the fold has no model of."""
        source = self.source(value)
        if source is None or isinstance(value, Tensor) or self.host.is_tracked(value):
            return
        self.refuse_effect(problem.format(f"'{source}'"))

    def count_iteration(self) -> None:
        """Count one more pass of a loop that is unrolled, and stop an endless one."""
        self._iterations += 1
        most = MAX_LAX_ITERATIONS if self.options.lax else MAX_ITERATIONS
        if self._iterations > most:
            self.reject(
                f"loops run more than {most} times while compiling",
                "loop outside the compiled function, or use tensor operations",
            )

    def adopt_held(self, value: object) -> object:
        """Return what stands for a module or an object that has no path but itself."""
        return self.adopt(value, Held(value))

    def guard_identity(self, a: object, b: object, same: bool) -> None:
        """Guard that two outside objects, which the program compares by `is`, go on as they are."""
        first, second = self.source(a), self.source(b)
        if first is not None and second is not None and first.key != second.key:
            self.add_guard(guards.AliasGuard(first, second, same))

    def is_copy(self, value: object) -> bool:
        """Return whether a value is the folder's own copy of an outside container or array."""
        return self.outside.is_copy(value)


def _guard_key(guard: AnyGuard) -> tuple[object, ...]:
    return (*guard.source.key, type(guard).__name__, guard.what)
