"""Overloads by type and maps over sequences, by MindSpore's names."""

import pytest

from foldaway import Tensor, jit, ops
from foldaway import mindspore as ms
from foldaway.mindspore import dtype

from .same_values import X, same

overloaded = ops.MultitypeFuncGraph("overloaded")


@overloaded.register("Tensor", "Tensor")
def _two_tensors(a, b):
    return a + b


@overloaded.register("Number", "Number")
def _two_numbers(a, b):
    return a * b


@overloaded.register(dtype.number, "Tensor")
def _number_and_tensor(a, b):
    return a - b


@overloaded.register("Tuple", "None")
def _tuple_and_none(a, b):
    return a[0]


@overloaded.register(ms.float32, "Float")
def _never(a, b):
    return "first come first served"


@overloaded.register("String", "List")
def _string_and_list(a, b):
    return f"{a}{b}"


OVERLOADS = {
    "tensors": (X, X),
    "numbers": (2, 3.5),
    "number-tensor": (2, X),
    "tuple-none": ((X, 1), None),
    "string-list": ("a", [1]),
    "dtype": (Tensor(1.0), 2.0),
}


@pytest.mark.parametrize("case", OVERLOADS)
def test_an_overload_is_chosen_by_the_types(case):
    @jit
    def compiled(a, b):
        return overloaded(a, b)

    expected = overloaded(*OVERLOADS[case])
    assert same(compiled(*OVERLOADS[case]), expected)


def test_no_overload_is_an_error():
    for function in (overloaded, jit(lambda a, b: overloaded(a, b))):
        with pytest.raises(ValueError, match="cannot find fn match given args: NoneType, NoneType"):
            function(None, None)
    with pytest.raises(TypeError, match="no type 'Banana'"):
        overloaded.register("Banana")


def test_a_single_form_takes_what_it_gets():
    one = ops.MultitypeFuncGraph("one")
    one.register("Tensor")(lambda x: x)
    assert one("text") == "text"
    assert repr(one) == "MultitypeFuncGraph('one')"


MAPPED = {
    "nested": lambda x: ops.HyperMap()(lambda a, b: a + b, (x, [x, (1, 2)]), (x, [1, (x, 3)])),
    "one": lambda x: ops.HyperMap(lambda a: a * 2)([x, (x, 3)]),
    "dict": lambda x: ops.HyperMap(lambda a: a * 2)({"a": x, "b": [1]}),
    "leaf": lambda x: ops.HyperMap()(lambda a, b: a - b, x, 1),
    "reverse": lambda x: ops.HyperMap(lambda a: a * 2, reverse=True)((1, 2, x)),
    "overload": lambda x: ops.HyperMap(overloaded)((x, 2), (x, x)),
    "map": lambda x: ops.Map()(lambda a, b: (a, b), (x, [1]), (2, [3])),
    "map-ops": lambda x: ops.Map(lambda a: a)([x, [1]]),
    "partial": lambda x: ops.partial(lambda a, b: a - b, x)(1),
    "partial-class": lambda x: ops.Partial()(lambda a, b: a - b, 1)(b=x),
    "depend": lambda x: (ops.depend(x, x + 1), ops.Depend()(x, None)),
}


@pytest.mark.parametrize("case", MAPPED)
def test_maps_are_compiled_as_they_run(case):
    assert same(jit(MAPPED[case])(X), MAPPED[case](X))


WRONG_MAPS = {
    "lengths": (lambda: ops.HyperMap(abs)([1], [1, 2]), ValueError, "differ in length"),
    "mixed": (lambda: ops.HyperMap(abs)([1], 2), TypeError, "sequences of one form"),
}


@pytest.mark.parametrize("case", WRONG_MAPS)
def test_maps_refuse_what_does_not_match(case):
    run, kind, message = WRONG_MAPS[case]
    for function in (run, jit(run)):
        with pytest.raises(kind, match=message):
            function()
