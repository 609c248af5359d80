"""Programs whose forms are kept on disk, loaded again and again as modules."""

import importlib.util
import os
import sys
import textwrap

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
    return compile(file.read_text(), str(file), "exec")


def plain(value):
    """Return a result with arrays' bytes, so that it can be compared."""
    if isinstance(value, tuple):
        return tuple(map(plain, value))
    array = value.asnumpy()
    return array.dtype, array.shape, array.tobytes()
