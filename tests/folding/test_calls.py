"""Calls of compiled functions: arguments, results, prints, exceptions, threads, stages."""

import io
import linecache
import os
import threading
import traceback
from contextlib import redirect_stdout

import numpy as np
import pytest

from foldaway import Tensor, jit, ms_function, nn, ops

from .agreement import X, same
from .test_programs import straight


def test_parameters_of_every_kind():
    def f(a, /, b, *rest, c=1, **more):
        return a + b, rest, c, more

    compiled = jit(f)
    calls = [
        ((X, 1), {}),
        ((X, X, 3, X), {"c": 2}),
        ((X,), {"b": 2, "d": X, "a": 1}),
    ]
    for args, kwargs in calls:
        assert same(compiled(*args, **kwargs), f(*args, **kwargs))
    with pytest.raises(TypeError, match=r"f\(\) missing 1 required positional argument: 'b'"):
        compiled(X)
    with pytest.raises(TypeError, match="multiple values"):
        compiled(X, 1, b=2)


def test_arguments_in_containers():
    @jit
    def f(pair, table):
        a, b = pair
        return a + table["k"][0], b

    assert same(f((X * 2, 3), {"k": [X]}), (X * 3, 3))
    assert same(f((X * 3, 3), {"k": [X]}), (X * 4, 3))
    assert len(f.specializations) == 1


def test_the_same_tensor_by_two_paths():
    @jit
    def f(x, y, items):
        return x is y, x + y, items[0] is x

    z = X * 10
    for x, y, item in ((X, X, X), (X, z, X), (z, X, X), (X, X, z), (z, z, z)):
        assert same(f(x, y, [item]), (x is y, x + y, item is x))


def test_the_same_list_by_two_paths():
    @jit
    def f(x, a, b):
        return a is b, x + a[0] + b[1]

    one, two = [1, 2], [1, 2]
    for a, b in ((one, one), (one, two), (two, one), (one, [5, 6]), ([3, 4], one)):
        assert same(f(X, a, b), (a is b, X + a[0] + b[1]))


def test_identity_of_results():
    shared = [1, 2]

    @jit
    def f(x, items):
        made = [x + 1]
        return x, items, made, made, shared

    a, b = f(X, shared), f(X, shared)
    assert a[0] is X
    assert a[1] is shared
    assert a[4] is shared
    assert a[2] is a[3]
    assert a[2] is not b[2]
    assert a[2][0] is not b[2][0]


def test_constants_are_fresh_at_every_call():
    @jit
    def f():
        x = Tensor([1.0, 2.0])
        x[0] += 1.0
        return x

    for _ in range(3):
        result = f()
        assert result.tolist() == [2, 2]
        result[1] = 50.0


def test_prints_of_constants_run_while_compiling_and_others_at_every_call(capsys):
    @ms_function
    def f(x, name):
        print("x:", x, end=";\n")
        print("constant", 1 + 1)
        print("name", name)
        return x

    f(Tensor([1, 2]), "n")
    assert capsys.readouterr().out == "constant 2\nx: (1, 2);\nname n\n"
    f(Tensor([3, 4]), "n")
    assert capsys.readouterr().out == "x: (3, 4);\nname n\n"


def test_what_an_argument_went_into_prints_at_every_call():
    @jit
    def f(x, n):
        items = []
        items.append(n)
        text = f"<{n}>"

        def show(value):
            print("inner", value)

        show(text)
        print(items)
        print("twice", [k * 2 for k in items])
        return x

    for _ in range(2):
        with redirect_stdout(io.StringIO()) as out:
            f(X, 3)
        assert out.getvalue() == "inner <3>\n[3]\ntwice [6]\n"


def test_a_tensor_prints_as_str_under_jit(capsys):
    @jit
    def f(x):
        print("x", x, sep="=")
        return x

    f(Tensor([1.5, 2.0]))
    assert capsys.readouterr().out == "x=[1.5 2. ]\n"


def raising(x, d):
    return x + d["missing"]


@pytest.mark.parametrize(
    ("function", "args", "error"),
    [
        (raising, (X, {}), KeyError),
        (lambda x: x + [1][3], (X,), IndexError),
        (lambda x: x / (1 // 0), (X,), ZeroDivisionError),
        (lambda x: x.nothing, (X,), AttributeError),
        (lambda x: x + undefined, (X,), NameError),  # noqa: F821
        (lambda x: x @ Tensor([1.0]), (X,), ValueError),
        (lambda x: Tensor(np.array(["a"])), (X,), TypeError),
        (lambda x: x + "a", (X,), TypeError),
    ],
)
def test_exceptions_are_the_users_own(function, args, error):
    with pytest.raises(error) as plain:
        function(*args)
    for _ in range(2):
        with pytest.raises(error) as compiled:
            jit(function)(*args)
        assert type(compiled.value) is type(plain.value)
        assert str(compiled.value) == str(plain.value)
    last = traceback.extract_tb(compiled.value.__traceback__)[-1]
    assert last.filename == __file__
    assert last.lineno == function.__code__.co_firstlineno + (function is raising)


def test_raise_and_assert():
    class Custom(Exception):
        pass

    @jit
    def f(x, kind):
        if kind == "custom":
            raise Custom("text", 5)
        if kind == "from":
            raise ValueError("outer") from KeyError("inner")
        assert kind == "none", f"kind {kind}"
        return x

    with pytest.raises(Custom) as caught:
        f(X, "custom")
    assert caught.value.args == ("text", 5)
    with pytest.raises(ValueError, match="outer") as caught:
        f(X, "from")
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(AssertionError, match="kind other"):
        f(X, "other")
    assert f(X, "none") is X


def test_two_lambdas_on_a_line():
    f, g = jit(lambda x: x + 1), jit(lambda x: x * 10)
    assert f(Tensor(1)).item() == 2
    assert g(Tensor(1)).item() == 10


def test_a_lambda_in_a_lambda_sees_its_variables():
    programs = [
        lambda x: (lambda d: (d["a"].append(x), d["a"][0])[1])({"a": []}),
        lambda x: [(d, x)[1] for d in [1, 2]],
        lambda x: (x * 2, (lambda: x + 1)()),
    ]
    for program in programs:
        assert same(jit(program)(X), program(X))


def test_a_compiled_function_inside_another():
    inner = jit(straight)

    @jit
    def f(x):
        return inner(x)[0] + 1

    assert same(f(X), straight(X)[0] + 1)
    assert inner.specializations == []


def test_methods_can_be_compiled():
    class Model:
        def __init__(self, factor):
            self.factor = factor

        @jit
        def run(self, x):
            return x * self.factor

    assert Model(2).run(X).tolist() == [2, 4, 6]
    assert Model(3).run(X).tolist() == [3, 6, 9]


def test_cells_in_cells():
    class Block(nn.Cell):
        def __init__(self):
            super().__init__()
            self.dense = nn.Dense(3, 2)
            self.relu = nn.ReLU()

        def construct(self, x):
            return self.relu(self.dense(x)) + self.shift(x)

        def shift(self, x):
            return super().construct(x) if x is None else x.sum()

    block = Block()
    x = X.reshape((1, 3))
    expected = np.maximum(
        x.asnumpy() @ block.dense.weight.asnumpy().T + block.dense.bias.asnumpy(), 0
    )
    assert np.allclose(block(x).asnumpy(), expected + 6, rtol=1e-5)


def test_two_threads_compile_and_call():
    @jit
    def f(x, n):
        return x * [0, 1, 2, 3, 4][n]

    errors = []

    def work(start):
        try:
            for i in range(20):
                n = (start + i) % 5
                assert f(X, n).tolist() == [n, 2 * n, 3 * n]
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(f.specializations) == 5


def test_specialisations_are_bounded():
    @jit
    def f(x, n):
        return n

    for n in range(300):
        assert f(X, n) == n
    assert len(f.specializations) <= 128


def test_every_stage_can_be_seen():
    @jit
    def f(x):
        y = x * 2
        return [y + 1]

    with pytest.raises(RuntimeError, match="call it first"):
        f.ir("graph")
    f(X)
    assert "graph.mul" in f.ir("pyobj")
    assert "graph.add" in f.ir("graph")
    assert "arith.mulf" in f.ir("linalg")
    assert "define" in f.ir("llvm")
    assert "def f(" in f.ir("python")
    with pytest.raises(ValueError, match="no stage"):
        f.ir("nothing")


def test_the_report_says_what_became_of_each_line():
    @jit
    def f(x):
        n = len(np.ones(3))
        return x * n

    f(X)
    f(X)
    report = f.report()
    statuses = {
        line.line - f.function.__code__.co_firstlineno: line.status for line in report.lines
    }
    assert statuses[2] == "folded while compiling"
    assert statuses[3] == "compiled"
    assert report.ops_compiled > 0
    assert report.ops_python == 0


def test_compiled_code_computes_nothing_with_numpy(monkeypatch):
    @jit
    def f(x):
        return (x * 2 + 1).sum(), ops.exp(x) @ x, ops.maximum(x, 2.0)

    expected = [t.tolist() for t in f(X)]
    for name in ("add", "multiply", "exp", "matmul", "maximum", "sum", "dot", "broadcast_to"):
        monkeypatch.setattr(np, name, None)
    assert [t.tolist() for t in f(X)] == expected


def test_a_long_chain_of_branches():
    lines = ["def f(x, n):", "    if n == 0:", "        return x"]
    for i in range(1, 400):
        lines += [f"    elif n == {i}:", f"        return x + {i}"]
    text = "\n".join([*lines, "    return -x", ""])
    linecache.cache["chain.py"] = (len(text), None, text.splitlines(True), "chain.py")
    namespace = {}
    exec(compile(text, "chain.py", "exec"), namespace)
    for n in (0, 1, 399, 1000):
        assert same(jit(namespace["f"])(X, n), namespace["f"](X, n))


def test_a_keyword_called_self():
    assert jit(lambda self, x: (self, x))(x=X, self=2)[0] == 2


def test_a_forked_child_compiles_and_calls():
    @jit
    def f(x, n):
        return x * n

    f(X, 2)
    child = os.fork()
    if child == 0:
        right = f(X, 2).tolist() == [2, 4, 6] and f(X, 3).tolist() == [3, 6, 9]
        os._exit(0 if right else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def keywords(*args, **kwargs):
    return args, kwargs


def stars(x, how, value):
    match how:
        case "list":
            return [x, *value]
        case "tuple":
            return (*value, x)
        case "set":
            return {1, *value}
        case "dict":
            return {"a": x, **value}
        case "alone":
            return keywords(*value)
        case "second":
            return keywords(x, *value)
        case "builtin":
            return len(*value)
        case "keywords":
            return keywords(a=x, **value)
        case _:
            return len(**value)


@pytest.mark.parametrize("value", [2, 0.5, None, [("b", 1)], {"a": 1}, {2: 1}, ("b",)], ids=repr)
@pytest.mark.parametrize(
    "how", "list tuple set dict alone second builtin keywords builtin_keywords".split()
)
def test_what_can_not_be_unpacked_is_named_as_python_names_it(how, value):
    def outcome(function):
        try:
            return function(X, how, value)
        except TypeError as error:
            return str(error)

    assert same(outcome(jit(stars)), outcome(stars))


def in_turn(x):
    def value(name):
        log.append(name)
        return x

    class Mapping(dict):
        def keys(self):
            log.append("keys")
            return super().keys()

    def rows():
        log.append("rows")
        yield 1

    log = []
    first = {"a": value("a"), **Mapping(b=1), "c": value("c")}
    return first, [*rows(), value("d")], log


def test_displays_are_made_in_turn():
    assert same(jit(in_turn)(X), in_turn(X))
