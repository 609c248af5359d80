"""STRICT or LAX: how much of a function must be compiled, and who says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from foldaway.folding.environment_variables import Variable
from foldaway.folding.fallback import FALLBACK, fallback_enabled

from . import context

if TYPE_CHECKING:
    from foldaway.runtime.call_table import CallTable

_LEVELS: dict[object, bool] = {
    **{context.STRICT: False, context.COMPATIBLE: False, context.LAX: True},
    **{"STRICT": False, "COMPATIBLE": False, "LAX": True},
    **{"0": False, "1": False, "2": True},
}
"""Level to whether it is LAX."""

_LEVEL = Variable("MS_DEV_JIT_SYNTAX_LEVEL")


def is_lax(fullgraph: bool | None, jit_config: object, default: bool) -> bool:
    """Return whether a call is LAX: what can't be compiled whole runs in Python.

    `fullgraph` counts before the `jit_syntax_level` of a JitConfig, that before the context's,
    that before the environment's MS_DEV_JIT_SYNTAX_LEVEL (0, 1 strict; 2 lax).
    MS_DEV_ENABLE_FALLBACK=0 leaves nothing to Python.
    Raises ValueError for a level that there isn't.
    """
    if not fallback_enabled():
        return False
    if fullgraph is not None:
        return not fullgraph
    level = None if jit_config is None else level_of(jit_config)
    if level is None:
        level = context.get_context("jit_syntax_level")
    if level is None:
        level = _LEVEL.get()
    return default if level is None else lax_level(level)


def unchanged_settings(jit_config: object) -> Callable[[], bool]:
    """Return what says whether a call finds the settings as they are now, a JitConfig's, too.

    It may say no where they are the same by value.
    """
    settings, current = context.all_settings(), context.all_settings
    fallback, level = FALLBACK.raw(), _LEVEL.raw()
    fallback_now, level_now = FALLBACK.raw, _LEVEL.raw

    def unchanged() -> bool:
        return current() is settings and fallback_now() is fallback and level_now() is level

    if jit_config is None:
        return unchanged
    own = level_of(jit_config)
    return lambda: level_of(jit_config) == own and unchanged()


def ask_settings(table: CallTable, jit_config: object) -> None:
    """Let machine code ask at each call what `unchanged_settings` asks."""
    from foldaway.runtime.call_table import Step

    table.add_item_is(context.__dict__, "_settings")
    for variable in (FALLBACK, _LEVEL):
        table.add_item_is(*variable.place())
    if jit_config is not None:
        unchanged = unchanged_settings(jit_config)

        def is_unchanged(config: object) -> bool:
            return unchanged()

        place = table.new_register()
        table.add(Step.HELD, place, a=jit_config)
        table.add(Step.CHECK, 0, place, None, is_unchanged)


def level_of(jit_config: object) -> object:
    """Return the `jit_syntax_level` of a JitConfig or of a dict, None if it doesn't say."""
    if isinstance(jit_config, dict):
        level = cast("dict[str, Any]", jit_config).get("jit_syntax_level")
    else:
        level = getattr(jit_config, "jit_syntax_level", None)
    return None if level == "" else level


def lax_level(level: object) -> bool:
    """Return whether a level is LAX.

    Raises ValueError for one that there isn't.
    """
    found = _LEVELS.get(level.upper() if isinstance(level, str) else level)
    if found is None:
        raise ValueError(f"jit_syntax_level is STRICT or LAX, not {level!r}")
    return found
