"""What the folder raises for itself, through the user's code and through native code."""


class Unwinding(BaseException):
    """Ends a side, a loop or the whole fold: no exception of the program, which can't catch it."""
