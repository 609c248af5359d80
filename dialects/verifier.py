"""The verifier that runs between passes: xDSL's, and what xDSL leaves out."""

from __future__ import annotations

from xdsl.ir import Operation
from xdsl.utils.exceptions import VerifyException

from .dominance import verify_dominance
from .source import describe


def verify(module: Operation) -> None:
    """Raise VerifyException, naming the op and its place, if `module` is not valid IR."""
    try:
        module.verify()
    except VerifyException as error:
        culprit = next((op for op in module.walk() if _fails(op)), module)
        problem = f"'{culprit.name}' does not verify: {error.args[0]}"
        # xDSL's note is the whole module in generic form; the op and its line say more.
        raise VerifyException(f"{describe(culprit.location)}error: {problem}") from None
    except ValueError:
        # xDSL's parser has left a value without a definition, which its verifier asks for.
        verify_dominance(module)
        raise
    verify_dominance(module)


def _fails(op: Operation) -> bool:
    try:
        op.verify(verify_nested_ops=False)
    except VerifyException:
        return True
    except ValueError:  # As above; something else was found first.
        return False
    return False
