# ruff: noqa
"""Branches and loops. `inputs`, `note` and `Traced` are given by the test."""


@inputs((1,), (0,), (-1,), ("x",))
def branches(a):
    if a > 0:
        b = "positive"
    elif a == 0:
        b = "zero"
    else:
        b = "negative"
    return b


@inputs((1,), (0,))
def no_else(a):
    if note(a):
        a = note(5)
    if not a:
        pass
    return a


@inputs((1, 0), (0, 1), (0, 0), (1, 1))
def nested_branches(a, b):
    if a:
        if b:
            return "both"
        else:
            return "a"
    else:
        if b:
            return "b"
    return "none"


@inputs((1, 1), (1, 0), (0, 1))
def branch_on_logic(a, b):
    if note(a) and note(b):
        return 1
    if note(a) or note(b):
        return 2


@inputs((5,), (0,), (-1,))
def counts(n):
    total = 0
    while n > 0:
        total += n
        n -= 1
    return total


@inputs((5,), (0,), (3,))
def while_else(n):
    while n:
        n -= 1
        if n == 2:
            note("break")
            break
        if n == 3:
            continue
        note(n)
    else:
        note("else")
    return n


@inputs((3,))
def while_walrus(n):
    it = iter(range(n))
    while (x := next(it, None)) is not None:
        note(x)
    return x


@inputs((6,), (0,))
def while_true(n):
    while True:
        n += 1
        if n % 5:
            continue
        break
    return n


@inputs((3,), (0,), ("x",))
def for_range(n):
    out = []
    for i in range(n):
        out.append(i * i)
    return out


@inputs(([1, 2, 3],), ([],), ([1, 5, 3],), (None,))
def for_else(a):
    for x in a:
        if x == 5:
            break
        if x == 1:
            continue
        note(x)
    else:
        return "finished"
    return "broke", x


@inputs(([(1, 2), (3, 4)],), ([(1, 2, 3)],))
def for_unpack(a):
    out = []
    for x, y in a:
        out += [y, x]
    return out, x


@inputs(([(1, (2, 3, 4))],))
def for_nested_unpack(a):
    for i, (x, *(y, z)) in enumerate(a, 1):
        pass
    for first, (second, *rest) in a:
        return i, first, second, rest


@inputs((Traced("o"),))
def for_to_attribute(o):
    for o.x in [1, 2]:
        note(0)
    for o[note("key")] in [3]:
        pass
    for o.a, o.b[o.c] in [(1, 2)]:
        pass


@inputs(([1, 2, 3],))
def for_modifies(a):
    for x in a[:]:
        a.remove(x)
        if not a:
            a.append(9)
    return a


@inputs((3,))
def nested_loops(n):
    found = []
    for i in range(n):
        for j in range(n):
            if j > i:
                break
            if i + j == 2:
                continue
            found.append((i, j))
        else:
            found.append("inner")
    else:
        found.append("outer")
    return found


@inputs(("ab",), ({"k": 1},))
def loop_variable_stays(a):
    for x in a:
        pass
    return x


@inputs(([],))
def loop_variable_unbound(a):
    for x in a:
        pass
    return x


@inputs((10,))
def early_return(n):
    for i in range(n):
        while i > 2:
            if i % 2:
                return i
            i += 1


@inputs((2,), (0,))
def return_nothing(a):
    if a:
        return
    return None


@inputs(())
def falls_off():
    note(1)


@inputs(())
def dead_code():
    return 1
    return 2
    note(3)


@inputs((1,), (0,), ([],), (None,))
def asserts(a):
    assert a
    return a


@inputs((1,), (0,))
def asserts_with_message(a):
    assert note(a), note(f"a is {a}")
    assert a, "never"
    return a


@inputs((0,))
def assert_of_a_shadowed_name(a):
    AssertionError = ValueError
    assert a, "message"


@inputs((1, 2), ("x", 1))
def docstring_only_and_pass(a, b):
    """Says what it does."""


@inputs((1,))
def stub(a): ...


@inputs((15,))
def fizz(n):
    return [
        "fizzbuzz" if i % 15 == 0 else "fizz" if i % 3 == 0 else "buzz" if i % 5 == 0 else i
        for i in range(1, n + 1)
    ]


@inputs((30,))
def primes(n):
    sieve = [True] * n
    for i in range(2, n):
        if sieve[i]:
            for j in range(i * i, n, i):
                sieve[j] = False
    return [i for i in range(2, n) if sieve[i]]


@inputs(([5, 3, 8, 1],), ([],), (["b", "a"],), ([1, "a"],))
def quicksort(a):
    if len(a) < 2:
        return a
    pivot, *rest = a
    return (
        quicksort([x for x in rest if x < pivot])
        + [pivot]
        + quicksort([x for x in rest if x >= pivot])
    )


@inputs((48, 18), (7, 0))
def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


@inputs((6,))
def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


@inputs((3,))
def conditions_with_calls(n):
    while note(n) > 0 and note(n) != 2:
        n -= 1
    else:
        note("else")
    return n


@inputs((4,))
def while_condition_with_branch(n):
    while (n - 1 if n > 2 else note(0)) or note(False):
        n -= 1
        if n == 100:
            break
    else:
        return "else", n


@inputs((2, [1, 2, 3]))
def many_values(n, a):
    return a[n - 1] + (a[0] if n else a[1]) * sum(x if x > 1 else -x for x in a) - (n and a[2])
