"""Idioms of control flow that data decide: what branches and loops change, merge and leave.

`<cond>` becomes a condition on a tensor, `<body>` random statements; else as in `idioms`.
"""

TEXT = """
-- runtime, a: int
$a = <int>
if <cond>:
    $a += <int>
elif <cond>:
    $a = -$a
-- runtime, a: float, b: int
$a, $b = <float>, <int>
if <cond>:
    $a, $b = $a * 2, $b + 1
    if <cond>:
        $a = $a / 4
        if not <cond>:
            $b -= <int>
        else:
            $a = float($b)
-- runtime, a: t1, b: t0
$a = <t1>
if <cond>:
    $b = $a.sum()
else:
    $b = $a.max()
    $a = $a * $b
-- runtime, b: int
$a = 1 if <cond> else <float>
$b = ($a * 2 > 1) + isinstance($a, int) * 10
-- runtime, b: int, c: str
$a = True if <cond> else <int>
$b = $a + 1
$c = repr($a)
-- runtime, b: int, c: bool
$a = None
if <cond>:
    $a = <int>
$b = -1 if $a is None else $a
$c = $a == <int>
-- runtime, b: str, c: t1
$a = <t1>
if <cond>:
    $a = None
$b = "none" if $a is None else "some"
$c = <t1> if $a is None else $a * 2
-- runtime, b: str, c: int
$a = "x" if <cond> else <str>
$b = $a + "z" * 2
$c = len($a) + ($a == "x")
-- runtime, b: int, c: t1
if <cond>:
    $a = (<int>, <t1>)
else:
    $a = (<int>, <t1> + 1)
$b, $c = $a
-- runtime, a: t1, b: t1, c: bool
if <cond>:
    $a = $b = <t1>
else:
    $a, $b = <t1>, <t1>
$c = $a is $b
-- runtime, a: t1, b: t1, c: bool
$a, $b = <t1>, <t1>
for $d in range(<int> % 5):
    if <cond>:
        $a = $b
    else:
        $b = $b + 1
    <body>
$c = $a is not $b
-- runtime, b: list
$a = None
if <cond>:
    $a = <str>
$b = sorted([3, 1, 2], key=lambda k: k if $a is None else -k)
-- runtime, b: int
$a = (1, 2) if <cond> else (1, 2, 3)
$b = sum($a) + len($a)
-- runtime, a: list, b: int
$a = [<int>, <int>]
$b = $a
if <cond>:
    $a = $a + [<int>]
    $b.append(<int>)
else:
    $b[0] = <int>
    del $b[1:]
$b = len($a) * 10 + ($a is $b) + sum($b)
-- runtime, a: list, b: int
if <cond>:
    $a = [<int>]
    $b = $a
else:
    $a, $b = [<int>], [<int>]
$b.append(<int>)
$b = len($a) + ($a is $b)
-- runtime, a: int, b: list
$b, $c = [<int>], [<int>]
for i in range(3):
    if <cond>:
        $b, $c = $c, $b
    elif <cond>:
        $c = $b
    $b.append(i)
$a = sum($c) * 10 + ($b is $c)
-- runtime+effects, a: int, b: bool
BOX.made = BOX.n
if <cond>:
    BOX.made = <int>
    del BOX.made
elif <cond>:
    BOX.double_made = BOX.made
$a = BOX.made
$b = hasattr(BOX, "double_made")
-- runtime, a: tlist
$a = [<t1>]
if <cond>:
    $a.append($a[0] * 2)
else:
    $a[0] = $a[-1] + 1
    if <cond>:
        $a.insert(0, <t1>)
-- runtime, b: list, c: int
$a = {"k": <int>, "t": <t1>}
if <cond>:
    $a["t"] = $a["t"] * 2
    $a["new"] = <int>
elif <cond>:
    del $a["k"]
$b = sorted($a)
$c = $a.get("new", 0) + $a.get("k", 0)
-- runtime, a: box, b: int
$a = Box(<int>, <t1>)
if <cond>:
    $a.n += <int>
    $a.t = $a.t * 2
elif <cond>:
    $a = Box(<int>)
    $a.items.append(<int>)
else:
    $a.extra = <int>
$b = $a.n + len($a.items) + hasattr($a, "extra")
-- runtime, c: int, d: list
$a, $d = [<int>], [<int>, <int>]
$b = $a if <cond> else $d
$b.append(<int>)
$c = len($a) + ($b is $a)
-- runtime, c: int, d: box
$a, $d = Box(<int>), Special(<int>)
$b = $a if <cond> else $d
$b.n += <int>
$c = $a.n * 10 + $b.bump()
-- runtime, b: t1
$a = (lambda v: v + 1) if <cond> else (lambda v: v * <int>)
$b = $a(<t1>)
-- runtime, b: int
$a = Box if <cond> else Special
$b = $a(<int>).bump()
-- runtime, b: int
$c = <int>
def $a(by):
    nonlocal $c
    if <cond>:
        $c += by
        return $c
    $c -= 1
    return by
$b = $a(<int>) * 10 + $a(1) + $c
-- runtime, b: t1, c: int
def $a(v, n):
    for i in range(4):
        if v.sum() > <float>:
            if v[0] < <float>:
                return v, i
            continue
        if v[1] > <float>:
            break
        v = v * 2 + n
    else:
        return v - 1, -1
    return v, 9
$b, $c = $a(<t1>, <int>)
-- runtime, b: t1
def $a(v):
    if v[0] > <float>:
        if v[1] > <float>:
            return v * 2
        elif v[2] > <float>:
            return v - 3
        v = v + 1
    else:
        v = -v
    return v * 4
$b = $a(<t1>) + $a(<t1>)
-- runtime, b: list
def $a(v, acc):
    if v.sum() > <float>:
        acc.append(1)
        return
    acc.append(2)
    if v.max() < <float>:
        return
    acc.append(3)
$b = []
$a(<t1>, $b)
$a(<t1>, $b)
-- runtime, a: t1, b: int
$a = <t1>
$b = 0
while True:
    $b += 1
    if $b > 5:
        break
    if $a.sum() > <float>:
        $a = $a - 3
        continue
    $a = $a * 2 + 1
-- runtime, a: t1, b: int, c: list
$a, $b, $c = <t1>, 0, []
while $a.sum() < <float> * 10 and $b < 6:
    $a = $a + <n> + 1
    $b += 1
    if $a[0] > <float> * 4:
        $c.append($b)
        break
else:
    $c.append(-1)
-- runtime, a: t0, b: int
$a, $b = <t0>, <int>
while abs($a) > 1:
    $a = $a / 2
    $b += 1
-- runtime, a: int, b: t1
$a, $b = 0, <t1>
for i in range(5):
    for j in range(3):
        if $b[j] > i:
            break
        if $b.sum() < -j:
            $b = $b + 1
            continue
        $a += i * j
    else:
        $a -= 1
        continue
    $b = $b - 1
-- runtime, a: t1, b: list
$a, $b = <t1>, []
for i, v in enumerate($a):
    if v > <float>:
        $b.append(i)
    elif v < <float>:
        $a = $a + v
    else:
        $b = []
-- runtime, a: int, b: int
try:
    if <cond>:
        if <cond>:
            raise ValueError(<int>)
        $a = 1
    else:
        assert <cond>, "no"
        $a = 2
except ValueError as error:
    $a = error.args[0] + 10
except AssertionError as error:
    $a = len(error.args[0])
finally:
    $b = <int>
-- runtime, b: t1, c: list
$c = []
def $a(v):
    for i in range(3):
        try:
            if v[i] > <float>:
                return v * 2
            if v.sum() < <float>:
                continue
            v = v + 1
        finally:
            $c.append(i)
    return v
$b = $a(<t1>)
-- runtime, a: int
$a = <int>
with Managed(<int>, ValueError) as inner:
    if <cond>:
        raise ValueError("in")
    $a += 1
    inner.notes.append($a)
$a += sum(inner.notes)
-- runtime, b: int
$a = <int>
if <cond>:
    del $a
try:
    $b = $a + 1
except NameError as error:
    $b = -1
-- runtime, b: int
$a = <t0> > <float>
if $a:
    $c = <int>
$b = $c if $a else 0
-- runtime, a: int, b: list
$a = 0
$b = [0, 0]
if <cond> and ($a := <int>) > 1 or <cond>:
    $b[0] = $a
if (<cond>) or $b.append(3):
    $b[1] = 5
-- runtime, b: str
$a = <cond> and <int>
$b = type($a).__name__ if not isinstance($a, Tensor) else "tensor"
-- runtime, a: t1
$a = <cond> and <t1> or <t1> * 2
-- runtime, a: int
$a = sum(1 for v in <t1> if v > <float>) + any(v > <float> for v in <t1>)
-- runtime, a: t0
$a = max(<t1>) - min(<t1>)
-- runtime, a: int, b: int, c: t1
$a = int(<t0>)
if $a > <int>:
    $b = $a * 2 - 1
elif $a % 2:
    $b = $a // 2
else:
    $b = $a - <int>
$c = <t1> * $b
-- runtime, a: float, b: float
$a = float(<t0>)
$b = $a if $a > <float> else -$a / 2
$a = math.sqrt(abs($b)) + $a
-- runtime, a: float, b: int
$a = <t0>.item()
$b = [<int>, <int>][$a > 0] + int($a * 2)
$a = max($a, $b, <float>)
-- runtime, a: int, b: t1
$a, $b = 0, <t1>
for i in range(int(<t0>) % 4):
    $b = $b + i
    $a += 1
-- runtime, a: int, b: bool
$b = bool(<cond>)
$a = $b + <int>
$b = $b and <bool> or not $b
-- runtime, a: int
$a = [10, 20, 30][int(<t1>.argmax())]
-- runtime, a: int, b: int
$a = int(<t0>) * 2**40
$b = $a * $a
$a = $b % 1000007 + ($b > 2**70)
-- runtime, a: int, b: float
$a = int(<t0>)
try:
    $b = <int> / $a + <int> % $a
except ZeroDivisionError as error:
    $b = float(len(error.args))
-- runtime, a: float
$a = int(<t0>) ** <int> + 2.0 ** int(<t0>)
-- runtime, a: list, b: int
$a = list(divmod(int(<t0>), <n> + 1)) + [round(float(<t0>)), math.floor(float(<t0>) * 1.5)]
$b = 1 << abs($a[1]) | $a[0] & 6
-- runtime, a: int
match int(<t0>) % 3:
    case 0:
        $a = <int>
    case 1 | 2 as got:
        $a = got * 2
-- runtime, a: str
$a = f"{int(<t0>)}:{float(<t0>):.2f}" if <cond> else "none"
-- runtime, a: int, b: dict
$b = {"a": <int>, "b": <int>}
$a = $b["a" if <cond> else "b"]
$b["c" if <cond> else "a"] = $a
-- runtime, a: list
$a = [<int>, <int>, <int>]
$a[int(<t0>) % 3] = <int>
$a.append($a[int(<t0>) % 2])
-- runtime, a: t1
$a = <t1> + 0
if <cond>:
    $a[0] = <float>
elif <cond>:
    $a[1:] += 2
-- runtime, a: int
$a = <int>
if <cond>:
    <body>
    $a += 1
else:
    <body>
    if <cond>:
        <body>
-- runtime, a: int
$a = 0
while $a < 3 and <cond>:
    $a += 1
    <body>
    if <cond>:
        continue
    <body>
else:
    <body>
-- runtime, a: int
$a = 0
for i in range(3):
    if <cond>:
        <body>
        break
    $a += i
    <body>
else:
    <body>
-- runtime, a: int
$a = 0
try:
    if <cond>:
        <body>
        raise AppError(<int>)
    <body>
except AppError as error:
    $a = error.code
    <body>
-- runtime+effects
if <cond>:
    LOG.append(<int>)
    BOX.n += 1
elif <cond>:
    TABLE["n"] += 1
    BOX.items.append(<int>)
-- runtime+effects
for v in <t1>:
    if v > <float>:
        LOG.append(v)
        continue
    BOX.t = v
-- runtime+effects, a: int
$a = BOX if <cond> else Box(<int>)
$a.n += <int>
$a = $a.n
"""
