"""The symbolic numbers of one fold: which there are, what they need in the graph, what guards."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xdsl.ir import Block, SSAValue

from ..dialects.dtypes import DType, TensorSpec, bfloat16
from ..dialects.emitter import Number, pack_number
from ..runtime import guards
from ..runtime.expressions import Computed, Expression, InDType
from ..runtime.guards import identity_token
from ..runtime.sources import Argument, Item, Source
from .unwinding import Unwinding

if TYPE_CHECKING:
    from .numbers import SymbolicNumber
    from .session import Folding

_Key = tuple[object, ...]
_BUDGET = 1000
"""How many functions the guards of one form may call; beyond it numbers are constants."""
_EXACT = 1 << 53


def _functions(names: str) -> frozenset[Callable[..., Any]]:
    return frozenset(getattr(operator, name) for name in names.split())


_INT_OR_FLOAT = _functions("add sub mul")
_DIVIDING = _functions("floordiv mod")
_SHIFTING = _functions("lshift rshift")
_REAL, _POWER = _functions("truediv"), _functions("pow")
_INTEGER = _functions("and_ or_ xor invert") | {int}
_ANY = _functions("lt le gt ge eq ne neg pos not_") | {abs, bool}


@dataclass
class NumberPolicy:
    """Which numbers from outside are run-time values; those of arguments are, to begin with."""

    all_constant: bool = False
    constant: frozenset[_Key] = frozenset()
    """Keys of sources whose numbers are constants."""
    widened: set[_Key] = field(default_factory=set[_Key])
    """Keys of sources that are no arguments and whose numbers are run-time values."""
    handles: set[_Key] = field(default_factory=set[_Key])
    """Keys of sources whose containers the fold changes without looking at what they hold."""
    read: set[_Key] = field(default_factory=set[_Key])
    """Keys of sources whose containers were handles, and had to be read."""
    wanted: set[_Key] = field(default_factory=set[_Key])
    """Keys of sources whose content the last fold asked a handle for."""
    met: bool = False
    """Whether a fold met a run-time number."""

    def read_handles(self) -> None:
        """Let the containers that were asked for their content have it; all, if none was."""
        self.read |= self.wanted or self.handles
        self.handles -= self.read
        self.wanted.clear()

    def is_symbolic(self, source: Source) -> bool:
        """Return whether a number at a source is a run-time value."""
        key = source.key
        if self.all_constant or key in self.constant:
            return False
        return key in self.widened or is_argument(source)


def is_argument(source: Source) -> bool:
    """Return whether a source is an argument or an item in one."""
    while isinstance(source, Item):
        source = source.base
    return isinstance(source, Argument)


class Rewritten(Unwinding):
    """Start the fold again: the program changes numbers and containers that it took as constants.

    The numbers at `numbers` had better be run-time values, the containers at `containers` handles.
    """

    def __init__(self, numbers: tuple[Source, ...], containers: tuple[Source, ...]):
        super().__init__(", ".join(map(str, (*numbers, *containers))))
        self.numbers = numbers
        self.containers = containers


class Numbers:
    """Expressions, each made once; guards on them; the graph's inputs that they are."""

    def __init__(self, folding: Folding, policy: NumberPolicy):
        self.policy = policy
        self.folding = folding
        self.of_tensors = False
        """Whether there are numbers that are made of tensors."""
        self._leaves: dict[_Key, SymbolicNumber] = {}
        self._fixing: dict[_Key, guards.NumberGuard] = {}
        self._expressions: dict[_Key, Expression] = {}
        self._roots: dict[int, tuple[Source, ...]] = {}
        self._computed: dict[int, Computed] = {}
        self._inputs: dict[_Key, SSAValue] = {}
        self._spent = 0
        self._rewritten: dict[_Key, Source] = {}
        """Where the program changes numbers that the fold took as constants."""
        self._changed_containers: dict[_Key, Source] = {}
        """Where the program changes containers whose content is guarded."""

    def leaf(self, value: Number, source: Source, make: type[SymbolicNumber]) -> SymbolicNumber:
        """Return what stands for a number from outside; `make` makes it at first."""
        self.policy.met = True
        known = self._leaves.get(source.key)
        if known is None:
            known = self._leaves[source.key] = make(self, value, source)
        self.folding.add_guard(guards.same_type(source, type(value)))
        return known

    def expression(
        self, function: Callable[..., Any], operands: tuple[Expression | Source | Number, ...]
    ) -> Expression:
        """Return the expression of a function and operands."""
        key = (function, *map(_token, operands))
        found = self._expressions.get(key)
        if found is None:
            found = self._expressions[key] = Expression(function, operands)
            roots = dict.fromkeys(root for operand in operands for root in self._roots_of(operand))
            self._roots[id(found)] = tuple(roots)
        return found

    def _roots_of(self, operand: Expression | Source | Number) -> tuple[Source, ...]:
        """Return the sources that an operand depends on: those of the numbers from outside."""
        if isinstance(operand, Expression):
            return self._roots[id(operand)]
        return (self._leaves[operand.key].source,) if isinstance(operand, Source) else ()

    def item(self, expression: Expression, index: int) -> Expression:
        """Return one result of an expression that gives several."""
        return self.expression(operator.getitem, (expression, index))

    def source(self, expression: Expression | Source) -> Source:
        """Return where the number is found at every call."""
        if isinstance(expression, Source):
            return expression
        found = self._computed.get(id(expression))
        if found is None:
            found = self._computed[id(expression)] = Computed(expression)
        return found

    # Guards.

    def fix(self, number: SymbolicNumber) -> None:
        """Guard that a number is the one of this call."""
        if number.kind is bool:
            self.decide(number)
            return
        if self.is_fixed(number.expression):
            return
        source = number.source
        if isinstance(source, Computed):
            self._guard(guards.equal_number(source, number.known, self.folding.place), source)
        else:
            self._fix_root(source)

    def decide(self, number: SymbolicNumber) -> bool:
        """Return whether a number counts as true, and guard that it goes on so."""
        truth = bool(number.known)
        if self.is_fixed(number.expression):
            return truth
        source = number.source
        self._guard(guards.same_truth(source, truth), source)
        return truth

    def guard_type(self, expression: Expression, kind: type) -> None:
        """Guard that an expression can be computed and gives a number of that class."""
        source = self.source(expression)
        self._guard(guards.same_type(source, kind), source)

    def guard_items(self, expression: Expression, items: Sequence[object]) -> None:
        """Guard that an expression gives so many numbers of these classes."""
        kinds = [type(item) for item in items]
        names = ", ".join(kind.__name__ for kind in kinds)
        source = self.source(expression)

        def check(value: Any) -> bool:
            return [type(item) for item in value] == kinds

        self._guard(guards.Guard(source, check, f"gives {names}"), source)

    def guard_error(self, expression: Expression, error: Exception) -> None:
        """Guard that computing an expression goes on to raise the same."""
        source = self.source(expression)
        self._guard(guards.RaisesGuard(source, type(error), error.args), source)

    def is_fixed(self, operand: Expression | Source | Number) -> bool:
        """Return whether an operand can't differ at a later call of this form."""
        if isinstance(operand, Expression):
            return all(map(self.is_fixed, self._roots[id(operand)]))
        if not isinstance(operand, Source):
            return True
        guard = self._fixing.get(operand.key)
        return guard is not None and self.folding.has_guard(guard)

    def is_total(
        self, function: Callable[..., Any], operands: Sequence[object], known: Sequence[Any]
    ) -> bool:
        """Return whether the result is of one class, and nothing is raised, at any later call."""
        if function in _ANY:
            return True
        plain = [type(operand) in (int, float, bool) for operand in operands]
        floats = [value for value in known if type(value) is float]
        # A small integer that is the same at every call is a float, too.
        exact = all(
            type(value) is float or (steady and abs(value) <= _EXACT)
            for value, steady in zip(known, plain, strict=True)
        )
        last, steady = known[-1], plain[-1]
        if function in _INT_OR_FLOAT:
            return not floats or exact
        if function in _DIVIDING:
            return steady and last != 0 and (not floats or exact)
        if function in _REAL:
            return steady and last != 0 and exact
        if function in _SHIFTING:
            return steady and not floats and last >= 0
        if function in _POWER:
            return steady and not floats and len(known) == 2 and last >= 0
        if function in _INTEGER:
            return not floats and len(known) <= 2
        return function is float and len(known) == 1 and bool(floats)

    def needed_guards(self, found: Iterable[guards.AnyGuard]) -> tuple[guards.AnyGuard, ...]:
        """Return the guards but for those that follow from others."""
        return tuple(
            guard
            for guard in found
            if not isinstance(guard.source, Computed)
            or not all(map(self.is_fixed, guard.source.roots))
        )

    def _guard(self, guard: guards.AnyGuard, source: Source) -> None:
        if not isinstance(source, Computed):
            self.folding.add_guard(guard)
            return
        if all(map(self.is_fixed, source.roots)) or self.folding.has_guard(guard):
            return
        self._spent += source.size
        if self._spent <= _BUDGET:
            self.folding.add_guard(guard)
            return
        for root in source.roots:
            self._fix_root(root)

    def _fix_root(self, source: Source) -> None:
        guard = self._fixing.get(source.key)
        if guard is None:
            known = self._leaves[source.key].known
            guard = guards.equal_number(source, known, self.folding.place)
            self._fixing[source.key] = guard
        self.folding.add_guard(guard)

    # What the program changes.

    def note_rewritten(self, source: Source) -> None:
        """Be told that the program changes what is found at a source."""
        if source.key in self.folding.outside.constants and not self.policy.all_constant:
            self._rewritten[source.key] = source

    def note_changed(self, source: Source) -> None:
        """Be told that the program changes the container at a source."""
        if source.key not in self.policy.read:
            self._changed_containers[source.key] = source

    def check_rewritten(self) -> None:
        """Raise `Rewritten` where the program changed what the fold took as constant."""
        if self._rewritten or self._changed_containers:
            numbers, containers = self._rewritten, self._changed_containers
            raise Rewritten(tuple(numbers.values()), tuple(containers.values()))

    # The graph.

    def in_dtype(self, number: SymbolicNumber, dtype: DType) -> SSAValue:
        """Return the 0-d value that a number is in a dtype: a constant if it can't differ.

        Raises `OverflowError` for an integer that the dtype can't hold.
        """
        if self.is_fixed(number.expression):
            return self.folding.builder.full((), number.known, dtype)
        source = InDType(number.source, dtype)
        self._check_fits(number, source, dtype)
        found = self._inputs.get(source.key)
        if found is None or not isinstance(found.owner, Block):
            tensor = self.folding.inputs.new(TensorSpec((), dtype), source)
            found = self._inputs[source.key] = tensor.graph_value(self.folding)
        return found

    def _check_fits(self, number: SymbolicNumber, source: InDType, dtype: DType) -> None:
        if number.kind is not int or (dtype.is_floating and dtype is not bfloat16):
            return
        try:
            pack_number(number.known, dtype)
        except OverflowError as error:
            self._guard(guards.RaisesGuard(source, type(error), error.args), number.source)
            raise
        self._guard(guards.fits_dtype(source, dtype), number.source)


def _token(operand: Expression | Source | Number) -> object:
    if isinstance(operand, Expression):
        return id(operand)
    return operand.key if isinstance(operand, Source) else identity_token(operand)
