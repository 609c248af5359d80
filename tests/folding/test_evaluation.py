"""`eval`, `exec` and `locals` in compiled functions."""

import pytest

from foldaway import CompileError, jit

from .agreement import X, same

FACTOR = 3
TEXT = """
y = x + 1
def f(z):
    return z * y + g()
def g():
    return x
for i in range(3): y = y + i
"""


def evaluated(x):
    y = x + 1
    return y, eval("1 + 2"), eval("y * FACTOR - x"), eval(" [i * FACTOR for i in range(2)]")


def not_seen_by_inner_functions(x):
    return eval("[x for i in range(2)]")


def with_namespaces(x):
    table = {"a": x, "b": 2}
    first = eval("a * b", table)
    second = eval("a + c", table, {"c": x})
    return first, second, sorted(table), eval("(lambda q: q + a)(1)", table)


def executed(x):
    table = {"x": x}
    exec(TEXT, table)
    found = {}
    exec("global k\nk = 1\nm = x\ndel k\nimport math\n", table, found)
    return table["f"](2), table["y"], sorted(found), "k" in table, table["f"].__qualname__


def class_in_text(x):
    table = {"x": x}
    exec("class A:\n    def get(self):\n        return x * 2\n", table)
    return table["A"]().get()


def local_names(x, log=()):
    y = x + 1
    known = locals()
    z = 5
    again = locals()
    return list(known), known is again, again["y"], z, sorted(dir()), vars() is known


def syntax_error(x):
    return eval("1 +")


def name_error(x):
    return eval("missing_name")


def error_in_text(x):
    exec("def f():\n    raise KeyError('k')\nf()", {})


PROGRAMS = [
    *(
        evaluated,
        not_seen_by_inner_functions,
        with_namespaces,
        executed,
        class_in_text,
        local_names,
        syntax_error,
    ),
    *(name_error, error_in_text),
]


def outcome(function):
    try:
        return "returned", function(X)
    except CompileError:
        raise
    except Exception as error:
        return "raised", type(error).__name__, str(error)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_texts_are_folded(function):
    assert same(outcome(jit(function)), outcome(function))


def test_what_texts_may_not_do():
    def around(x):
        def inner():
            return eval("x")

        return inner()

    def binds(x):
        exec("y = 1")
        return x

    def code(x):
        return eval(compile("1", "<text>", "eval"))

    def walrus(x):
        return eval("(y := 1)")

    refused = {
        around: "'x', a variable of a function around, is named by 'eval' only",
        binds: "'exec' without a namespace",
        code: "'eval' takes a text, and dicts that are made in the function",
        walrus: "'eval' binds a variable of a function that is compiled",
    }
    for function, message in refused.items():
        with pytest.raises(CompileError) as raised:
            jit(function)(X)
        assert message in str(raised.value)
