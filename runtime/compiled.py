"""What all compiled functions have in common, for those who only need to recognise one."""

from __future__ import annotations

from typing import Any


class CompiledFunction:
    """A function that is compiled when it is called; `function` is the one the user wrote."""

    function: Any
    """A `types.FunctionType`; declared as such, it would count as a method."""
