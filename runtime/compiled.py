"""What all compiled functions have in common, for those who only need to recognise one."""

from __future__ import annotations

import types


class CompiledFunction:
    """A function that is compiled when it is called; `function` is the one the user wrote."""

    function: types.FunctionType
