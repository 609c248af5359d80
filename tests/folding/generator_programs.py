"""Programs with generator functions; each notes in `log`, in order, what it does."""

import contextlib
import functools
import itertools


def lazily(x, log):
    def numbers(n):
        log.append("start")
        for i in range(n):
            log.append(("before", i))
            yield i * x
            log.append(("after", i))
        log.append("end")

    made = numbers(3)
    log.append("made")
    first = next(made)
    rest = list(made)
    return first, rest, next(made, "over"), made.__name__, type(made).__name__


def sent_to(x, log):
    def average():
        total, count, value = 0, 0, None
        while True:
            got = yield value
            if got is None:
                return total
            total = total + got
            count += 1
            value = total / count

    made = average()
    log.append(next(made))
    values = [made.send(x), made.send(x * 3)]
    try:
        made.send(None)
    except StopIteration as stop:
        values.append(stop.value)
    return values


def thrown_into(x, log):
    def patient():
        while True:
            try:
                log.append("wait")
                yield x
            except ValueError as error:
                log.append(("caught", str(error)))
                yield x * 2
            else:
                log.append("went on")
            finally:
                log.append("finally")

    made = patient()
    values = [next(made), made.throw(ValueError("one")), next(made), next(made)]
    try:
        made.throw(KeyError("two"))
    except KeyError as error:
        log.append(("out", error.args))
    return values, list(made)


def closed(x, log):
    def resource():
        try:
            log.append("open")
            yield x
            yield x + 1
        except GeneratorExit:
            log.append("exit")
            raise
        finally:
            log.append("close")

    made = resource()
    value = next(made)
    made.close()
    made.close()
    with contextlib.closing(resource()) as other:
        value = value + next(other)
    return value, next(made, None)


def delegated(x, log):
    def inner(n):
        got = yield n
        log.append(("got", got))
        try:
            yield n + 1
        except LookupError as error:
            log.append(repr(error))
            yield "recovered"
        return n * 10

    def outer():
        a = yield from inner(1)
        log.append(a)
        b = yield from [x, x * 2]
        log.append(b)
        c = yield from (i for i in range(2))
        return a, b, c

    made = outer()
    values = [next(made), made.send("hello"), made.throw(LookupError("k"))]
    while True:
        try:
            values.append(next(made))
        except StopIteration as stop:
            return values, stop.value


def everywhere(x, log):
    def many(flag):
        if (yield "if"):
            log.append("true")
        elif (yield "elif"):
            log.append("elif")
        while (yield "while"):
            log.append("loop")
            if (yield "break"):
                break
        else:
            log.append("else")
        total = 1
        total += yield "aug"
        table = {"a": [1]}
        table["a"][0] += yield "item"
        value = (yield "left") + (yield "right")
        both = (yield "and") and (yield "then")
        either = (yield "or") or (yield "otherwise")
        chosen = (yield "yes") if flag else (yield "no")
        chained = 1 < (yield "chain") < (yield "chain 2")
        items = [(yield "a"), *(yield "b"), {"k": (yield "c")}]
        text = f"{(yield 'text')!r:>5}"
        match (yield "match"):
            case int(n) if (yield "guard"):
                log.append(("int", n))
            case _:
                log.append("other")
        for i in (yield "for"):
            if i == 2:
                continue
            log.append(i)
        assert (yield "assert"), (yield "message")
        return total, table, value, both, either, chosen, chained, items, text

    made = many(False)
    answers = [False, True, True, True, 5, 6, 7, x, 0, 0, 8, 9, 3, 4, 1, (2,), 3, "t", 4, True]
    asked = [next(made)]
    try:
        for answer in [*answers, (1, 2, 3), False, "message"]:
            asked.append(made.send(answer))
    except AssertionError as error:
        return asked, str(error)
    except StopIteration as stop:
        return asked, stop.value
    return asked


def consumed_by_libraries(x, log):
    def numbers(n):
        for i in range(n):
            log.append(i)
            yield i

    pairs = list(zip(numbers(3), numbers(5), strict=False))
    chained = list(itertools.chain(numbers(2), numbers(1)))
    taken = list(itertools.islice(numbers(10), 2))
    total = functools.reduce(lambda a, b: a + b * x, numbers(3), x)
    found = any(i == 1 for i in numbers(4)), 2 in numbers(5), max(numbers(3))
    first, *rest = numbers(4)
    lines = ", ".join(str(i) for i in numbers(2))
    table = dict((i, i * x) for i in numbers(2))
    ordered = sorted(numbers(3), key=lambda i: -i)
    return pairs, chained, taken, total, found, first, rest, lines, table, ordered, {*numbers(2)}


def managed(x, log):
    @contextlib.contextmanager
    def tag(name, swallow=False):
        log.append(f"<{name}>")
        try:
            yield x * 2
        except ZeroDivisionError:
            log.append("zero")
            if not swallow:
                raise
        finally:
            log.append(f"</{name}>")

    with tag("a") as a, tag("b") as b:
        value = a + b
    with tag("c", swallow=True):
        log.append(1 / 0)
    try:
        with tag("d"):
            log.append(1 / 0)
    except ZeroDivisionError as error:
        log.append(str(error))
    with tag("e"):
        return value, tag.__name__


def methods(x, log):
    class Tree:
        def __init__(self, value, *children):
            self.value, self.children = value, children

        def __iter__(self):
            yield self.value
            for child in self.children:
                yield from child

        def depth_first(self):
            for child in self.children:
                yield from child.depth_first()
            yield self.value

        @property
        def values(self):
            yield from self

        @staticmethod
        def twice(items):
            for item in items:
                yield item
                yield item

    tree = Tree(1, Tree(x, Tree(3)), Tree(4))
    return list(tree), [*tree.depth_first()], list(tree.values), list(Tree.twice([1, x]))


def raising(x, log):
    def numbers():
        yield 1
        raise KeyError("inside", x is None)

    got = []
    try:
        for i in numbers():
            got.append(i)
    except KeyError as error:
        log.append(error.args)

    def stops():
        yield 1
        raise StopIteration(2)

    try:
        got.extend(stops())
    except RuntimeError as error:
        log.append((str(error), repr(error.__cause__)))
    expression = (1 / i for i in (1, 0))
    try:
        list(expression)
    except ZeroDivisionError as error:
        log.append(str(error))
    return got, x


def uncaught(x, log):
    def numbers():
        yield x
        raise LookupError("at the end")

    for value in numbers():
        log.append(value is None)


def handled_inside(x, log):
    def careful():
        try:
            raise ValueError("first")
        except ValueError:
            log.append((yield 1))
            try:
                raise
            except ValueError as error:
                log.append(str(error))
        yield 2

    made = careful()
    values = [next(made)]
    try:
        raise KeyError("outer")
    except KeyError:
        values.append(made.send("sent"))
        try:
            raise
        except KeyError as error:
            log.append(repr(error))
    return values, x


def closures(x, log):
    factor = 2

    def numbers(n):
        nonlocal factor
        while n:
            factor += 1
            yield factor * x
            n -= 1

    made = numbers(2)
    one = next(made)
    factor = 10
    two = next(made)

    def fibonacci():
        a, b = 0, 1
        while True:
            yield a
            a, b = b, a + b

    counted = (lambda: (yield factor))()
    return one, two, factor, list(itertools.islice(fibonacci(), 10)), next(counted)


def nothing(x, log):
    def empty():
        return x
        yield

    def unused():
        log.append("never")
        yield

    unused()
    made = empty()
    try:
        next(made)
    except StopIteration as stop:
        return stop.value, list(empty())


PROGRAMS = [
    *(lazily, sent_to, thrown_into, closed, delegated, everywhere),
    *(consumed_by_libraries, managed, methods, raising, uncaught, handled_inside, closures),
    nothing,
]
