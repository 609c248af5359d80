"""Forms that another process has kept do what compiling would do, and only where they are right.

A program is loaded as a module again and again: its functions, classes and globals are new objects
each time, as in another process, and only files are what is left of the time before.
"""

import importlib.util
import logging
import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import foldaway
from foldaway import Tensor, compile, stored_forms
from foldaway.backends.cpu.stored_code import this_machine

pytestmark = pytest.mark.skipif(this_machine() is None, reason="only Linux on x86-64")

START = "import math\nimport numpy as np\nimport foldaway\nfrom foldaway import Tensor, nn, ops\n"
X = "Tensor(np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3))"

PROGRAMS = {
    "elementwise": f"f = foldaway.jit(lambda x: ops.exp(x) * 2 - x)\nargs = [{X}]",
    "global": f"""
        K, NAME = 3, "a"
        @foldaway.jit
        def f(x):
            return x * K if NAME == "a" else x + 0
        args = [{X}]""",
    "callee": f"""
        def g(x, n=2):
            return x + n
        @foldaway.jit
        def f(x):
            return g(g(x), 5)
        args = [{X}]""",
    "compiled callee": f"""
        @foldaway.jit
        def g(x):
            return x + 2
        @foldaway.jit
        def f(x):
            return g(x) * g(x)
        args = [{X}]""",
    "closure": f"""
        def make(n, t):
            def inner(x):
                return x * n + t
            return inner
        g = make(4, Tensor([1.0, 2.0, 3.0]))
        @foldaway.jit
        def f(x):
            return g(x) - 1
        args = [{X}]""",
    "decorator": f"""
        import functools
        def twice(function):
            @functools.wraps(function)
            def wrapper(x):
                return function(function(x))
            return wrapper
        @twice
        def g(x):
            return x * 3
        @foldaway.jit
        def f(x):
            return g(x)
        args = [{X}]""",
    "numbers": f"""
        @foldaway.jit
        def f(x, n, y):
            return x * n + y if n else x + 0
        args = [{X}, 3, 0.5]""",
    "several results": f"""
        @foldaway.jit
        def f(x):
            return x.sum(), x @ x.T, x > 0
        args = [{X}]""",
    "containers": f"""
        @foldaway.jit
        def f(xs, table):
            return xs[0] * table["a"] + xs[1] + table["b"][0]
        args = [[{X}, 2], {{"a": {X}, "b": (1.5, "text")}}]""",
    "array": f"""
        table = np.linspace(0, 1, 3)
        @foldaway.jit
        def f(x, a):
            return x + Tensor(a) * Tensor(table)
        args = [{X}, np.arange(3.0)]""",
    "constants": """
        @foldaway.jit
        def f(x):
            return x * Tensor(np.arange(4000.0)) + math.pi
        args = [Tensor(np.ones(4000))]""",
    "network": f"""
        class Net(nn.Cell):
            def __init__(self):
                super().__init__()
                self.layers = nn.SequentialCell(nn.Dense(3, 4), nn.ReLU())
                self.norm = nn.LayerNorm((4,))
                self.k = 2
                for one in self.trainable_params():
                    one.set_data(Tensor(np.full(one.shape, 0.5, np.float32)))
            def construct(self, x):
                return self.helper(self.norm(self.layers(x)))
            def helper(self, x):
                return x * self.k
        f = Net()
        args = [{X}]""",
    "method": f"""
        class A:
            def __init__(self):
                self.w, self.n = Tensor([2.0, 3.0, 4.0]), 3
            @foldaway.jit
            def forward(self, x):
                return self.scaled(x) * self.w
            @property
            def twice(self):
                return self.n * 2
            def scaled(self, x):
                return x * self.twice
        f = A().forward
        args = [{X}]""",
    "super": f"""
        class A:
            def go(self, x):
                return x + 1
        class B(A):
            def go(self, x):
                return super().go(x) * 2
        b = B()
        @foldaway.jit
        def f(x):
            return b.go(x)
        args = [{X}]""",
    "made inside": f"""
        class P:
            def __init__(self, n):
                self.n = n
            def __call__(self, x):
                return x * self.n
        @foldaway.jit
        def f(x):
            return P(3)(x) + sum([P(i).n for i in range(4)])
        args = [{X}]""",
    "branch": f"""
        @foldaway.jit
        def f(x):
            y = x * 2 if x.sum() > 0 else x + 0
            while y.sum() < 5:
                y = y + 1
            return y
        args = [{X}]""",
    "lax": f"f = foldaway.jit(lambda x: ops.softmax(x, -1), fullgraph=False)\nargs = [{X}]",
    "elements": f"f = foldaway.ms_function(lambda x: ops.tanh(x) / 3)\nargs = [{X}]",
    "gradient": f"""
        def g(x):
            return (x * x).sum()
        @foldaway.jit
        def f(x):
            return foldaway.grad(g)(x)
        args = [{X}]""",
}


class Program:
    """A program in a file, of which modules are made."""

    def __init__(self, file):
        self.file = file
        self.loaded = 0

    def load(self, text):
        """Return a new module."""
        self.file.write_text(START + textwrap.dedent(text) + "\n")
        # Older than this process, as of a file that doesn't change.
        self.loaded += 1
        os.utime(self.file, (self.loaded, self.loaded))
        spec = importlib.util.spec_from_file_location("stored_program", self.file)
        module = importlib.util.module_from_spec(spec)
        module.__spec__ = None
        sys.modules["stored_program"] = module
        exec(compile_text(self.file), vars(module))
        return module

    def run(self, text):
        """Return what `f(*args)` gives in a new module."""
        module = self.load(text)
        return plain(module.f(*module.args))


def compile_text(file):
    return __builtins__["compile"](file.read_text(), str(file), "exec")


def plain(value):
    """Return a result with arrays' bytes, so that it can be compared."""
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    array = value.asnumpy()
    return array.dtype, array.shape, array.tobytes()


@pytest.fixture
def program(tmp_path, monkeypatch):
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("FOLDAWAY_CACHE", raising=False)
    yield Program(tmp_path / "stored_program.py")
    sys.modules.pop("stored_program", None)


@pytest.fixture
def compiled(monkeypatch):
    """The names of the functions that were compiled."""
    names = []
    compile_function = compile.compile_function

    def noted(function, *arguments, **options):
        names.append(function.__name__)
        return compile_function(function, *arguments, **options)

    monkeypatch.setattr(compile, "compile_function", noted)
    return names


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_it_is_compiled_once(text, program, compiled):
    first = program.run(text)
    assert len(compiled) == 1
    for _ in range(2):
        assert program.run(text) == first
    assert len(compiled) == 1


CHANGES = {
    "code": ("global", "x * K", "x * K * 2"),
    "a constant": ("callee", "g(x), 5", "g(x), 6"),
    "a line further down": ("global", "K, NAME", "\nK, NAME"),
    "a global number": ("global", "= 3", "= 4"),
    "a global number's class": ("global", "= 3", "= 3.0"),
    "a global text": ("global", '3, "a"', '3, "b"'),
    "a callee": ("callee", "x + n", "x - n"),
    "a callee's default": ("callee", "n=2", "n=3"),
    "a compiled callee": ("compiled callee", "x + 2", "x + 3"),
    "a captured number": ("closure", "make(4", "make(5"),
    "an inner function": ("closure", "x * n", "x / n"),
    "a captured tensor's type": ("closure", "[1.0, 2.0, 3.0]", "1"),
    "a decorator": ("decorator", "function(function(x))", "function(x)"),
    "a decorated function": ("decorator", "x * 3", "x * 5"),
    "an argument's dtype": ("elementwise", "np.float32", "np.float64"),
    "an argument's shape": ("elementwise", "2, 3", "3, 2"),
    "an argument's class": ("numbers", "3, 0.5", "3.0, 0.5"),
    "a number that decides": ("numbers", "3, 0.5", "0, 0.5"),
    "a key": ("containers", '"b": (1.5', '"c": 1, "b": (1.5'),
    "a number in a tuple": ("containers", "(1.5", "(2"),
    "an array's shape": ("array", "table = np.linspace(0, 1, 3)", "table = np.arange(1.0)"),
    "a module's attribute": ("constants", "import math", ""),
    "a layer": ("network", "nn.ReLU", "nn.Tanh"),
    "a method": ("network", "x * self.k", "x - self.k"),
    "an attribute": ("network", "self.k = 2", "self.k = 3"),
    "a property": ("method", "self.n * 2", "self.n * 3"),
    "a base": ("super", "x + 1", "x + 3"),
    "another base": ("super", "class B(A)", "class C:\n    go = lambda self, x: x\nclass B(C, A)"),
    "a class that is made inside": ("made inside", "x * self.n", "x / self.n"),
    "what is differentiated": ("gradient", "x * x", "x * x * x"),
}


@pytest.mark.parametrize(("name", "old", "new"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(name, old, new, program, compiled):
    before = PROGRAMS[name]
    program.run(before)
    changed = textwrap.dedent(before).replace(old, new)
    assert changed != textwrap.dedent(before) or new == ""
    if new == "":
        changed = "math = type('M', (), {'pi': 3})\n" + textwrap.dedent(before)
    found = program.run(changed)
    assert len(compiled) == 2
    os.environ["FOLDAWAY_CACHE"] = "0"
    assert found == program.run(changed)
    del os.environ["FOLDAWAY_CACHE"]
    # Both are kept by now.
    program.run(before)
    assert found == program.run(changed)
    assert len(compiled) == 3


def test_foreign_methods_in_our_classes_are_seen(program, compiled, monkeypatch):
    text = PROGRAMS["elementwise"]
    program.run(text)
    monkeypatch.setattr(Tensor, "__mul__", lambda self, other: self - other)
    other = program.run(text)
    assert len(compiled) == 2
    monkeypatch.undo()
    monkeypatch.setenv("FOLDAWAY_CACHE_DIR", str(program.file.parent / "cache"))
    monkeypatch.delenv("FOLDAWAY_CACHE", raising=False)
    assert program.run(text) != other


@pytest.mark.parametrize(
    "change",
    ["np.set_printoptions(precision=3)", "foldaway.set_context(max_call_depth=999)"],
)
def test_settings_are_part_of_the_key(change, program, compiled):
    text = PROGRAMS["elementwise"]
    program.run(text)
    with np.printoptions():
        try:
            program.run(f"{change}\n{text}")
        finally:
            foldaway.context.reset_context()
    assert len(compiled) == 2


def test_the_number_of_processors_is_part_of_the_key(program, compiled, monkeypatch):
    """Loops are cut for so many threads."""
    text = PROGRAMS["elementwise"]
    first = program.run(text)
    monkeypatch.setattr(stored_forms, "available_processors", lambda: 77)
    assert program.run(text) == first
    assert len(compiled) == 2


NOT_KEPT = {
    "the order of a set": f"""
        @foldaway.jit
        def f(x):
            for name in {{"a", "b", "c"}}:
                x = x * 2 if name == "a" else x + 1
            return x
        args = [{X}]""",
    "an address": f"""
        @foldaway.jit
        def f(x):
            return x + id(x) % 1
        args = [{X}]""",
    "a host program": f"""
        seen = []
        @foldaway.jit
        def f(x):
            seen.append(1)
            return x + 1
        args = [{X}]""",
    "a library's function": f"""
        import statistics
        @foldaway.jit
        def f(x):
            return x + statistics.mean([1, 2])
        args = [{X}]""",
    "a text that isn't the file's": f"""
        exec(compile("def g(x): return x + 1", __file__, "exec"))
        @foldaway.jit
        def f(x):
            return g(x)
        args = [{X}]""",
}


@pytest.mark.parametrize("text", NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_cannot_be_said_to_others_is_not_kept(text, program, compiled, caplog):
    with caplog.at_level(logging.DEBUG, "foldaway.cache"):
        try:
            program.run(text)
        except foldaway.CompileError:
            return
    assert "is not kept on disk" in caplog.text
    program.run(text)
    assert len(compiled) == 2
    assert not list((program.file.parent / "cache").glob("*.form"))


SHOWN = f"""
    class Unknown:
        n = 2
    @foldaway.jit
    def f(x):
        print("compiling", Unknown().n)
        if x.max() > 5:
            raise ValueError("too large")
        return x * Unknown().n
    args = [{X}]"""


def test_what_was_shown_is_shown_again(program, compiled, capsys, caplog):
    def shown():
        module = program.load(SHOWN)
        for _ in range(3):
            module.f(*module.args)
        found = capsys.readouterr().out, caplog.messages[:]
        caplog.clear()
        return *found, str(module.f.report())

    first = shown()
    assert first[0] == "compiling 2\n"
    assert len(first[1]) == 1
    assert shown() == first
    assert len(compiled) == 1


def test_an_assertion_fails_at_the_same_line(program, compiled):
    def failed():
        module = program.load(SHOWN)
        module.f(*module.args)
        with pytest.raises(ValueError, match="too large") as raised:
            module.f(module.args[0] + 10)
        entry = raised.traceback[-1]
        return entry.path, entry.lineno, entry.name

    first = failed()
    assert first[1:] == (START.count("\n") + 7, "f")
    assert failed() == first
    assert len(compiled) == 1


def test_ir_and_report_of_a_loaded_form(program, capsys):
    texts = []
    for _ in range(2):
        module = program.load(SHOWN)
        module.f(*module.args)
        stages = ("pyobj", "graph", "linalg", "llvm", "python")
        texts.append([*map(module.f.ir, stages), str(module.f.report())])
    assert texts[0] == texts[1]
    assert capsys.readouterr().out == "compiling 2\n" * 2


def test_many_calls_of_a_loaded_form(program):
    """Quick and native entries take over."""
    text = PROGRAMS["numbers"]
    program.run(text)
    module = program.load(text)
    x, *rest = module.args
    expected = plain(module.f.function(x, *rest))
    for _ in range(300):
        assert plain(module.f(x, *rest)) == expected
    assert plain(module.f(x, 5, 0.25)) == plain(module.f.function(x, 5, 0.25))
    x = Tensor(np.ones((7,), np.float32))
    assert plain(module.f(x, 5, 0.25)) == plain(module.f.function(x, 5, 0.25))


def test_a_value_that_changes_afterwards(program):
    text = PROGRAMS["global"]
    program.run(text)
    module = program.load(text)
    (x,) = module.args
    for value in (3, 4, 3, 5, 6, 2.5, "a"):
        module.K = value
        if value == "a":
            with pytest.raises((TypeError, foldaway.CompileError)):
                module.f(x)
        else:
            assert plain(module.f(x)) == plain(x * value)


@pytest.mark.parametrize("how", ["cut", "changed", "empty", "emptied image", "no image"])
def test_damage(how, program, compiled, caplog):
    text = PROGRAMS["elementwise"]
    first = program.run(text)
    (form,) = (program.file.parent / "cache").glob("*.form")
    (image,) = (program.file.parent / "cache").glob("*.o")
    content = form.read_bytes()
    match how:
        case "cut":
            form.write_bytes(content[:-1])
        case "changed":
            form.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        case "empty":
            form.write_bytes(b"")
        case "emptied image":
            image.write_bytes(b"")
        case "no image":
            image.unlink()
    with caplog.at_level(logging.WARNING):
        assert program.run(text) == first
    assert len(compiled) == 2
    assert program.run(text) == first
    assert len(compiled) == 2


@pytest.mark.parametrize("name", ["write_key", "write_segment", "GuardWriter"])
def test_a_failure_of_ours_is_told_and_ends_no_call(name, program, compiled, caplog, monkeypatch):
    monkeypatch.setattr(stored_forms, name, None)
    first = program.run(PROGRAMS["numbers"])
    assert program.run(PROGRAMS["numbers"]) == first
    assert "this is a bug in foldaway, in 'stored-forms': TypeError: 'NoneType'" in caplog.text
    assert len(compiled) == 2


@pytest.mark.parametrize("name", ["write_key", "write_segment", "GuardReader.source"])
def test_what_objects_raise_is_no_bug_and_ends_no_call(name, program, caplog, monkeypatch):
    def odd(*arguments):
        raise OSError("an object of the program's is odd")

    first = program.run(PROGRAMS["numbers"])
    if name == "write_segment":
        for form in (program.file.parent / "cache").glob("*.form"):
            form.unlink()
    with monkeypatch.context() as patched, caplog.at_level(logging.DEBUG, "foldaway.cache"):
        patched.setattr(f"foldaway.stored_forms.{name}", odd)
        assert program.run(PROGRAMS["numbers"]) == first
    assert "an object of the program's is odd" in caplog.text
    assert "bug" not in caplog.text


@pytest.mark.parametrize("name", ["write_key", "write_segment", "GuardReader.source"])
def test_what_handlers_of_signals_raise_goes_on(name, program, monkeypatch):
    def interrupted(number, frame):
        raise TimeoutError

    first = program.run(PROGRAMS["numbers"])
    if name == "write_segment":
        for form in (program.file.parent / "cache").glob("*.form"):
            form.unlink()
    before = signal.signal(signal.SIGUSR1, interrupted)
    try:
        with monkeypatch.context() as patched:
            raised = lambda *arguments: signal.raise_signal(signal.SIGUSR1)  # noqa: E731
            patched.setattr(f"foldaway.stored_forms.{name}", raised)
            with pytest.raises(TimeoutError):
                program.run(PROGRAMS["numbers"])
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert program.run(PROGRAMS["numbers"]) == first


# Processes.


def start(file, **settings):
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **settings}
    words = [sys.executable, str(file)]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def finished(process):
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out, err


SHOW = """
import logging, sys
logging.basicConfig(format="%(name)s %(message)s")
for _ in range(2):
    print(f(*args).asnumpy().tobytes().hex())
heavy = ("xdsl.ir", "xdsl.dialects", "llvmlite", "foldaway.compile", "foldaway.frontend")
print([name for name in heavy if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize("name", ["network", "shown", "large", "defaults"])
def test_a_warm_process_loads_no_compiler(name, program):
    texts = {
        "network": PROGRAMS["network"],
        "shown": SHOWN,
        "large": "f = foldaway.jit(lambda x: x * 2)\nargs = [Tensor(np.ones((1 << 17,)))]",
        "defaults": "@foldaway.jit\ndef f(x, n=2):\n    return x * n\nargs = [Tensor([1.0])]",
    }
    program.file.write_text(START + textwrap.dedent(texts[name]) + SHOW)
    cold, warm = (finished(start(program.file)) for _ in range(2))
    assert warm[0] == cold[0]
    *cold_lines, _ = cold[1].splitlines()
    *warm_lines, loaded = warm[1].splitlines()
    assert loaded == "[]"
    assert warm_lines == cold_lines


def test_processes_at_once(program):
    program.file.write_text(START + textwrap.dedent(PROGRAMS["network"]) + SHOW)
    runs = [finished(process) for process in [start(program.file) for _ in range(3)]]
    runs.append(finished(start(program.file)))
    assert len({out for out, _ in runs}) == 1
    assert runs[-1][1].splitlines()[-1] == "[]"


def test_it_can_be_turned_off(program):
    program.file.write_text(START + textwrap.dedent(PROGRAMS["elementwise"]) + SHOW)
    for setting in ("code", "code", "0"):
        _, err = finished(start(program.file, FOLDAWAY_CACHE=setting))
        assert "foldaway.compile" in err
    assert not list((program.file.parent / "cache").glob("*.form"))
