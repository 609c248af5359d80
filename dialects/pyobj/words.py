"""Python's operators and other words as they are written."""

from xdsl.utils.exceptions import VerifyException

UNARY_OPERATORS = frozenset({"-", "+", "~", "not"})
BINARY_OPERATORS = frozenset("+ - * / // % ** @ << >> & | ^".split())
COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!=", "is", "is not", "in", "not in"})
CONVERSIONS = frozenset({"", "s", "r", "a"})
SCOPES = frozenset({"global", "nonlocal", "local"})
COMPREHENSIONS = frozenset({"list", "set", "dict", "generator"})


def verify_word(word: str, allowed: frozenset[str]) -> None:
    """Raise VerifyException unless Python has this word here."""
    if word not in allowed:
        raise VerifyException(f"Python has no '{word}' here")
