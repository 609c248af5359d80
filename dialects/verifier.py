"""The verifier that runs between passes: xDSL's, and what xDSL leaves out."""

from __future__ import annotations

from typing import NoReturn

from xdsl.ir import Operation
from xdsl.utils.exceptions import VerifyException

from .dominance import verify_dominance
from .source import describe

_Kind = type[Exception] | tuple[type[Exception], ...]
_FROM_VERIFIERS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What verifiers of xDSL's ops raise where they count on what nobody has checked yet."""


def verify(module: Operation) -> None:
    """Raise VerifyException, naming the op and its place, if `module` is not valid IR."""
    try:
        module.verify()
    except VerifyException as error:
        _blame(module, VerifyException, str(error.args[0]))
    except _FROM_VERIFIERS as error:
        # xDSL's parser leaves values without a definition, which its verifier asks for.
        verify_dominance(module)
        problem = f"its numbers and types don't fit each other: {error}"
        _blame(module, _FROM_VERIFIERS, problem)
    verify_dominance(module)


def _blame(module: Operation, kind: _Kind, problem: str) -> NoReturn:
    """Raise VerifyException with the first op whose verifier raises that."""
    culprit = next((op for op in module.walk() if _fails(op, kind)), module)
    # xDSL's note is the whole module in generic form; the op and its line say more.
    text = f"'{culprit.name}' does not verify: {problem}"
    raise VerifyException(f"{describe(culprit.location)}error: {text}") from None


def _fails(op: Operation, kind: _Kind) -> bool:
    try:
        op.verify(verify_nested_ops=False)
    except (VerifyException, *_FROM_VERIFIERS) as error:
        return isinstance(error, kind)
    return False
