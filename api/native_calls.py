"""Forms of a compiled function that machine code answers calls with, the latest few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foldaway.runtime.native_callable import NativeCallable, enter_natively
from foldaway.runtime.quick_entry import QuickEntry

# What makes tables is loaded for a form that is called often.
if TYPE_CHECKING:
    import types

    from foldaway.runtime.call_table import CallTable

SOME_CALLS = 100
"""Calls of a form before it is worth it to load the machine code, which takes some 40 ms."""
_MOST_FORMS = 4
_STRAYED = 16
"""Calls of a form that was displaced, before it displaces another."""


def is_worth_it(quick: QuickEntry) -> bool:
    """Return whether machine code is to be asked to take the calls of a form over."""
    return not quick.asked_natively and quick.form.report.calls >= SOME_CALLS


class NativeForm:
    """The table of a form, and what it refers to."""

    def __init__(self, quick: QuickEntry, table: bytes, kept: list[object]):
        self.quick = quick
        self.table = table
        self._kept = kept
        self._noted = quick.form.report.native_calls.value

    def new_calls(self) -> int:
        """Return how many calls machine code has answered since this was last asked."""
        count = self.quick.form.report.native_calls.value
        new, self._noted = count - self._noted, count
        return new


def native_form(
    quick: QuickEntry, function: types.FunctionType, jit_config: object
) -> NativeForm | None:
    """Return a form for the function and the settings as they are now.

    None where only Python can call it.
    """
    from foldaway.runtime.call_table import Step
    from foldaway.runtime.form_table import form_table, native_code_of

    from .syntax_level import ask_settings

    form = quick.form
    if native_code_of(form) is None:
        return None

    def ask(table: CallTable) -> None:
        table.add(Step.CODE, a=function, b=function.__code__)
        ask_settings(table, jit_config)

    made = form_table(form, form.key[: quick.count], ask)
    return None if made is None else NativeForm(quick, *made)


def take_back(instance: NativeCallable, quick: QuickEntry) -> None:
    """Let machine code try a form again that others have displaced, if it is used often."""
    native = quick.native
    if isinstance(native, NativeForm) and native not in forms_of(instance):
        quick.strayed += 1
        if quick.strayed % _STRAYED == 0:
            add_form(instance, native)


def forms_of(instance: NativeCallable) -> list[NativeForm]:
    """Return the forms that machine code tries, in this order."""
    entries = getattr(instance, "native_entries", ())
    return [one for one in entries if isinstance(one, NativeForm)]


def add_form(instance: NativeCallable, form: NativeForm) -> None:
    """Let machine code try a form first, and the latest of the others after it."""
    from foldaway.backends.cpu.native_entry import entry_address

    address = entry_address()
    if address is None:
        return
    others = [one for one in forms_of(instance) if one.quick.form is not form.quick.form]
    entries: list[object] = []
    for one in [form, *others[: _MOST_FORMS - 1]]:
        entries += (one.table, one)
    # A call that is in the old ones holds them.
    instance.native_entries = tuple(entries)
    enter_natively(instance, address)
