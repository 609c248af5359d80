"""Which kinds of dtype the elementwise ops take: a table that needs no IR.

`b` bool, `i` signed integer, `u` unsigned integer, `f` floating point.
"""

UNARY = {
    "neg": "iuf",
    "abs": "biuf",
    "sign": "iuf",
    "exp": "f",
    "log": "f",
    "sqrt": "f",
    "rsqrt": "f",
    "tanh": "f",
    "erf": "f",
    "sin": "f",
    "cos": "f",
    "floor": "f",
    "ceil": "f",
    "trunc": "f",
    "round": "f",
    "not": "biu",
}
"""Operation of one operand to its kinds; its op is `graph.<name>`."""

BINARY = {
    "add": "biuf",
    "sub": "iuf",
    "mul": "biuf",
    "div": "f",
    "floordiv": "iuf",
    "mod": "iuf",
    "pow": "iuf",
    "maximum": "biuf",
    "minimum": "biuf",
    "and": "biu",
    "or": "biu",
    "xor": "biu",
}
"""The same for operations of two operands of one dtype."""
