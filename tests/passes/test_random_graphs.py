"""Graphs drawn at random give the same through fusion and buffers as op by op in NumPy."""

import random

import numpy as np
import pytest

from .compiled_graph import compute_all, type_of

SHAPES = [(4, 6), (6, 4), (4,), (6,), (24,), (2, 6), ()]


class Program:
    """A graph that grows op by op, with the array that each value should have."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.values = {}
        numbers = np.random.default_rng(seed)
        self.inputs = [numbers.integers(-4, 5, s).astype(np.float64) for s in [(4, 6), (6,)]]
        for i, x in enumerate(self.inputs):
            self.values[f"%{i}"] = x

    def add(self, text, array):
        name = f"%v{len(self.lines)}"
        self.lines.append(f"{name} = {text}")
        self.values[name] = np.asarray(array)
        return name

    def type(self, name):
        return type_of(self.values[name].shape, np.float64)

    def any_of(self, shape=None):
        names = [n for n, x in self.values.items() if shape is None or x.shape == shape]
        # Mostly late ones, so that chains grow; now and then an early one, read again.
        return self.random.choice(names[-4:] if self.random.random() < 0.6 else names)

    def step(self):
        name = self.any_of()
        x, type = self.values[name], self.type(name)
        getattr(self, self.random.choice(STEPS))(name, x, type)

    def unary(self, name, x, type):
        op, meaning = self.random.choice([("neg", np.negative), ("abs", np.abs), ("sin", np.sin)])
        self.add(f"graph.{op} {name} : {type}", meaning(x))

    def binary(self, name, x, type):
        other = self.any_of(x.shape)
        op, meaning = self.random.choice([("add", np.add), ("sub", np.subtract)])
        self.add(f"graph.{op} {name}, {other} : {type}", meaning(x, self.values[other]))

    def convert(self, name, x, type):
        narrow = type.replace("f64", "f32")
        self.lines.append(f"%n{len(self.lines)} = graph.convert {name} : {type} -> {narrow}")
        self.add(
            f"graph.convert %n{len(self.lines) - 1} : {narrow} -> {type}",
            x.astype(np.float32).astype(np.float64),
        )

    def transpose(self, name, x, type):
        target = type_of(x.T.shape, x.dtype)
        axes = list(range(x.ndim))[::-1]
        self.add(f"graph.transpose {name}, permutation = {axes} : {type} -> {target}", x.T)

    def reverse(self, name, x, type):
        axes = [i for i in range(x.ndim) if self.random.random() < 0.6]
        self.add(f"graph.reverse {name}, axes = {axes} : {type}", np.flip(x, axes))

    def broadcast(self, name, x, type):
        targets = [s for s in SHAPES if s[len(s) - x.ndim :] == x.shape]
        if not targets:
            return
        shape = self.random.choice(targets)
        axes = list(range(len(shape) - x.ndim, len(shape)))
        target = type_of(shape, x.dtype)
        text = f"graph.broadcast {name}, dimensions = {axes} : {type} -> {target}"
        self.add(text, np.broadcast_to(x, shape))

    def reshape(self, name, x, type):
        shape = self.random.choice([s for s in SHAPES if np.prod(s) == x.size] or [x.shape])
        target = type_of(shape, x.dtype)
        self.add(f"graph.reshape {name} : {type} -> {target}", x.reshape(shape))

    def reduce(self, name, x, type):
        if not x.ndim:
            return
        kind, meaning = self.random.choice([("sum", np.sum), ("max", np.max)])
        axis = self.random.randrange(x.ndim)
        found = meaning(x, axis)
        target = type_of(found.shape, x.dtype)
        self.add(f'graph.reduce "{kind}" {name}, axes = [{axis}] : {type} -> {target}', found)

    def dot(self, name, x, type):
        if x.shape not in ((4, 6), (6, 4)):
            return
        other = self.any_of(x.shape)
        target = type_of((x.shape[0], x.shape[0]), x.dtype)
        product = self.add(
            f"graph.dot_general {name}, {other}, batch = [] x [], contract = [1] x [1]"
            f" : {type}, {type} -> {target}",
            x @ self.values[other].T,
        )
        self.reduce(product, self.values[product], target)

    def slices(self, name, x, type):
        if x.shape != (4, 6):
            return
        start, stride = self.random.choice([(0, 1), (1, 2), (2, 1), (0, 3)])
        limit = start + stride + 1
        part = x[start:limit:stride]
        self.add(
            f"graph.slice {name}, starts = [{start}, 0], limits = [{limit}, 6],"
            f" strides = [{stride}, 1] : {type} -> {type_of(part.shape, x.dtype)}",
            part,
        )

    def update(self, name, x, type):
        parts = [n for n, v in self.values.items() if v.shape == (2, 6)]
        if x.shape != (4, 6) or not parts:
            return
        part = self.random.choice(parts)
        start, stride = self.random.choice([(0, 1), (1, 2), (2, 1), (0, 3)])
        updated = x.copy()
        updated[start : start + stride + 1 : stride] = self.values[part]
        self.add(
            f"graph.update_slice {name}, {part}, starts = [{start}, 0], strides = [{stride}, 1]"
            f" : {type}, {self.type(part)}",
            updated,
        )

    def concat(self, name, x, type):
        if x.shape != (2, 6):
            return
        other = self.any_of((2, 6))
        target = type_of((4, 6), x.dtype)
        self.add(
            f"graph.concat axis = 0 of {name}, {other} : {type}, {type} -> {target}",
            np.concatenate([x, self.values[other]]),
        )

    def constant(self, name, x, type):
        number = self.random.choice([0.0, 1.0, -2.5])
        self.add(f"graph.constant dense<{number}> : {type}", np.full(x.shape, number))


STEPS = ["unary", "unary", "binary", "binary", "binary", "convert", "transpose", "reverse"]
STEPS += ["broadcast", "broadcast", "reshape", "reduce", "dot", "slices", "slices", "update"]
STEPS += ["update", "concat", "concat", "constant"]


@pytest.mark.parametrize("seed", range(150))
def test_random_graph(seed):
    program = Program(seed)
    for _ in range(5 + seed % 40):
        program.step()
    names = list(program.values)
    drawn = program.random.sample(names, min(3, len(names)))
    results = {n: (program.values[n].shape, np.float64) for n in dict.fromkeys([*drawn, names[-1]])}
    found = compute_all("\n".join(program.lines), program.inputs, results)
    for name, actual in zip(results, found, strict=True):
        np.testing.assert_allclose(actual, program.values[name], rtol=1e-5, atol=1e-3, err_msg=name)
