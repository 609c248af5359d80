"""The exceptions that a way of the program ends with: ops that make them anew and raise them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xdsl.dialects.builtin import LocationAttr, StringAttr, UnknownLoc
from xdsl.ir import Operation, SSAValue

from ..dialects import graph, pyobj
from ..dialects.graph.control import EXCEPTIONS
from .errors import Raised

if TYPE_CHECKING:
    from .host import Host


def made_exception(host: Host, exception: BaseException) -> SSAValue | None:
    """Emit what makes an exception like one that was raised while folding, each time anew.

    Return None for one that compiled code raises by itself.
    """
    return _new(host, exception) if _simple_text(exception) is None else None


def raise_op(raised: Raised, made: SSAValue | None, location: LocationAttr) -> Operation:
    """Return the op that raises an exception as it was `made`; it has no block yet.

    It is where the program raised it, or at `location` if nobody knows.
    """
    where = location if isinstance(raised.location, UnknownLoc) else raised.location
    if made is not None:
        return pyobj.RaiseOp.create(operands=[made], location=where)
    properties = {
        "exception": StringAttr(type(raised.exception).__name__),
        "message": StringAttr(_simple_text(raised.exception) or ""),
    }
    return graph.RaiseOp.create(properties=properties, location=where)


def _new(host: Host, exception: BaseException | None) -> SSAValue:
    if exception is None:
        return host.constant(None)
    cause, context = _new(host, exception.__cause__), exception.__context__
    return host.runtime(
        "new_exception",
        host.constant(type(exception)),
        host.value(exception.args),
        host.value(dict(vars(exception))),
        cause,
        _new(host, context),
        host.constant(exception.__suppress_context__),
    )


def _simple_text(exception: BaseException) -> str | None:
    """Return the text of an exception that compiled code raises by itself, None for others."""
    told = exception.__cause__, exception.__context__
    if any(one is not None for one in told) or exception.__suppress_context__ or vars(exception):
        return None
    kind, args = type(exception), exception.args
    if kind.__module__ != "builtins" or kind.__name__ not in EXCEPTIONS:
        return None
    if not args:
        return ""
    plain = len(args) == 1 and type(args[0]) is str and args[0] != "" and kind is not KeyError
    return args[0] if plain else None
