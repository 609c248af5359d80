"""Idioms: statements that belong together, with places for random expressions.

`<int>`, `<float>`, `<str>`, `<bool>`, `<list>`, `<box>`, `<t0>`, `<t1>`, `<t2>` (tensors by rank),
`<array>`, `<condition>` become expressions, `<cond>` a condition on a tensor, `<n>` a small number,
`<v>` a variable, `$a`, `$b`, … new names; a line `<body>` becomes random statements.
The heading says which features they need, and a result's kind follows its name.
"""

import re

from .runtime_idioms import TEXT as _RUNTIME

KINDS = {
    **{word: word for word in ("int", "float", "str", "bool")},
    **{"list": ("list", "int"), "dict": ("dict", "int"), "box": ("box",)},
    **{f"t{rank}": ("tensor", "float32", rank) for rank in range(3)},
    **{"array": ("array", "float64", 1), "tlist": ("list", ("tensor", "float32", 1))},
}

_TEXT = """
-- plain, a: list
$a = [<int>, <int>]
$b = $a
$b += [<int>]
$a.append($a is $b)
-- plain, a: tlist
$a = $b = [<t1>]
$b.append(<t1>)
$a[0] = $b[-1] + 1
-- plain, b: list
$a = [lambda: i * <n> for i in range(3)]
$b = [g() for g in $a]
-- plain, b: int
def $a(v, acc=[]):
    acc.append(v)
    return len(acc)
$b = $a(<int>) + $a(<int>) * 10
-- plain, c: int
def $a():
    count = <int>
    def step(by=1):
        nonlocal count
        count += by
        return count
    return step
$b = $a()
$c = $b() * 100 + $b(<int>)
-- plain, b: t1
def $a(k, acc):
    if k <= 0:
        return acc
    return $a(k - 1, acc + k)
$b = $a(<n>, <t1>)
-- plain, b: int, c: list
$a = iter([<int>, <int>, <int>])
$b = next($a) + next($a, 0)
$c = list($a)
-- classes, c: list
def $a(first):
    got = yield first
    while got > 0:
        got = yield got * 2
    return 7
$b = $a(<int>)
$c = [next($b)]
try:
    for i in range(3):
        $c.append($b.send(<int>))
except StopIteration as stop:
    $c.append(stop.value)
-- classes, b: t1
def $a(v):
    for i in range(3):
        v = v * 2 + i
        yield v
    yield from (v - k for k in range(2))
$b = <t1>
for one in $a(<t1>):
    $b = $b + one
-- plain, a: list
$a = []
for i in range(4):
    try:
        if i == <n>:
            continue
        $a.append(i)
        if <condition>:
            break
    finally:
        $a.append(-i)
else:
    $a.append(99)
-- plain, a: int
$a = 0
try:
    $a += 1
    try:
        raise AppError(<int>)
    finally:
        $a += 10
except AppError as error:
    $a += error.code
-- plain, b: str
try:
    try:
        $a = [<int>][<int>]
    except IndexError as error:
        raise AppError(<n>) from error
except AppError as error:
    $b = type(error.__cause__).__name__ + repr(error.args)
-- plain, b: int
if <condition>:
    $a = <int>
try:
    $b = $a + 1
except NameError as error:
    $b = len(error.args)
-- plain, a: int, b: str, c: list
$a = [10, 20, 30, 40][<int> % 4]
$b = "abcdef"[:<int>] + "xy" * (<int> % 3)
$c = list(range(<int> % 5))[::-1]
-- plain, a: int, b: int
$a = <int> * 2**40 + <int>
$b = $a >> 3 ^ <int> | 1 << (<int> % 5)
-- plain, a: int
$a = <int> ** 30 % 1000007 - 2**70 // (<int> * <int> + 1)
-- plain, a: float, b: int
$a = math.sqrt(abs(<float>)) + float("inf") * 0 if <bool> else <float> / 3
$b = int(round(<float>)) + math.floor(<float>) + (<float> > <float>)
-- plain, a: t1
$a = <t1>
for i in range(<int> % 4):
    $a = $a * 2 + i
-- plain, a: int, b: t1
$a = <int> % 6
$b = <t1>
while $a > 0:
    $b = $b + $a
    $a -= 2
-- plain, a: list, b: bool
$a = sorted({<int>, <int>, 3} | {1})
$b = <int> in {1, 2} and <int> not in $a
-- plain, a: dict, b: list
$a = {k: <int> for k in "abc"}
for k in list($a):
    if $a[k] > <n>:
        del $a[k]
$b = [v for k, v in sorted($a.items())]
-- plain, a: t1, b: t1, c: t0
$a = <t1> + 0
$a[<int> % 3] = <float>
$a[1:] += <t1>[1:]
$b = $a * 1
for i in range(3):
    $b[i] = $b[i] * i
d, e, $c = $b
-- plain, a: t1
$a = (<t1>.reshape(3, 1) * <t1>).sum(1) + <t2>.T.max(1)
-- plain, a: t0
$a = sum(<t1>) + sum(u * v for u, v in zip(<t1>, <t1>))
-- plain, a: tlist
$a = [row * i for i, row in enumerate(<t2>, 1)]
-- plain, a: int, b: int
match <box>:
    case Special(n=m):
        $a = m
    case Box(n=0 | 1):
        $a = -1
    case Box(n=m) if m > 2:
        $a = m * 2
    case _:
        $a = 0
match {"a": <int>, "b": [<int>, <t1>]}:
    case {"a": 1, **rest}:
        $b = len(rest)
    case {"a": int(v), "b": [w, *_]}:
        $b = v + w
-- plain, a: float, b: bool
point = Point(<float>, <t1>)
point.y = point.scaled(2)
$a = Point(1.0, 2).x + point.x
$b = Point(<float>, 1) == Point(<float>, 1)
-- plain, a: int, b: int, c: bool
vec = Vec(<int>, <int>) + Vec(1, <int>) * 2
vec += Vec(<n>, 3)
$a = vec.x - (-vec).y + sum(vec) + len([*vec])
$b = (3 * vec)[1] + max(Vec(1, 2), vec).x
$c = bool(vec) and 3 in vec
-- plain, a: list
class_of = {int: "i", float: "f", str: "s"}
$a = [len(class_of.get(type(v), "other")) for v in (<int>, <float>, <str>, <t1>, <bool>)]
-- plain, a: int, b: list
def spread(first, *rest, scale=1, **named):
    return first + sum(rest) * scale + len(named)
$a = spread(<int>, *[<int>, <int>], **{"scale": <n>, "other": 1})
$b = list(map(spread, [1, 2], [<int>, 4]))
-- plain, a: list, b: int
$a = list(itertools.accumulate(<list>)) + [*itertools.chain([<int>], <list>)]
$b = functools.reduce(lambda u, v: u * 2 + v, <list>, 1)
-- plain, a: list, b: list
rows = [[<int>, 2], [3, <int>]]
$a = [sum(column) for column in zip(*rows)]
rows[0], rows[1] = rows[1], rows[0]
$b = sorted(rows, key=lambda row: (row[1], -row[0]))[0] + min(rows, key=len)
-- plain, a: str
words = "b,a;c".replace(";", ",").split(",") + [<str>]
$a = "-".join(sorted(words, reverse=True)).partition("a")[2] + f"{len(words):>3}"
-- branches, a: t1
$a = <t1>
if $a[0] > <float>:
    $a = $a * 2
elif $a.sum() < <float>:
    $a = $a - 1
-- branches, a: list, b: t1
$a = [<int>]
$b = <t1>
if $b.sum() > <float>:
    $a.append(<int>)
    $b = $b + 1
else:
    $a[0] = <int>
-- branches, a: t1, b: int
$a = <t1>
$b = 0
while $a.sum() < 40 and $b < 5:
    $a = $a * 2 + 1
    $b += 1
-- branches, a: t1
$a = <t1>
for i in range(4):
    if $a[0] > <float>:
        break
    $a = $a + i
else:
    $a = -$a
-- branches, a: t1
$a = <t1>
for v in $a:
    if v > <float>:
        continue
    $a = $a + v
-- branches, a: int
try:
    if <t0> > <float>:
        raise ValueError(<int>)
    $a = 1
except ValueError as error:
    $a = error.args[0]
-- branches, a: t1
def $b(v):
    if v.sum() > <float>:
        return v * 2
    return v - 1
$a = $b(<t1>) + $b(<t1>)
-- branches
if <t0> > <float>:
    raise AppError(<int>)
-- branches
assert <t0> < 30, <str>
-- branches, a: str
$a = "big" if <t0> > <float> else "small"
-- reads, a: int, b: list
$a = int(<t0>) % 4
$b = [i * $a for i in range($a)]
-- reads, a: float
$a = float(<t0>) / 2 + <t1>[<int> % 3].item()
-- reads, a: list
$a = [int(v) for v in <t1>.tolist()] + [1 for v in <t1> if v > <float>]
-- reads, a: str
$a = f"{<t0>:.2f}|{<t1>}"
-- effects
TABLE.setdefault("list", []).append(<int>)
-- effects
TABLE["t"] = TABLE.get("t", <t1>) + 1
-- effects, a: int
LOG.extend([<int>, <v>])
LOG.insert(0, len(LOG))
$a = len(LOG)
-- effects, a: int
LOG[:] = LOG[::-1][:4]
LOG[0:1] = [<int>, <int>]
$a = LOG.index(LOG[-1])
-- effects, a: bool
BOX.extra = [<int>]
BOX.extra.append(<v>)
if <condition>:
    del BOX.extra
$a = hasattr(BOX, "extra")
-- effects, a: int
BOX.items += [<int>]
Box.made += 1
$a = Box.made + BOX.items[-1]
-- effects, a: int
LOG.append(BOX.items)
BOX.items.append(<int>)
$a = len(LOG[-1])
-- effects, a: int
inner = BOX.items
inner.append(<int>)
BOX.items = [*inner, len(inner)]
$a = len(inner) + len(BOX.items)
-- effects, a: int
try:
    LOG.append(<int>)
    BOX.n = <int>
    if <condition>:
        raise AppError(BOX.n)
except AppError as error:
    LOG.append(error.code)
finally:
    $a = len(LOG)
-- effects, a: int
GAUGE.level = <int>
GAUGE.level += 1
$a = GAUGE.level + GAUGE.other
-- effects, a: int, b: str
GAUGE.free = <int>
$a = GAUGE.free
$b = repr(sorted(vars(GAUGE)))
-- effects, a: list
for k in sorted(TABLE):
    if k != "n":
        del TABLE[k]
$a = [len(TABLE)]
-- effects, a: list
$a = [LOG.pop() for i in range(min(2, len(LOG)))]
LOG.append($a)
$a.append(<int>)
-- effects
TABLE["box"] = BOX
TABLE["box"].n += <int>
-- effects, a: int
SEEN.add(<int>)
SEEN.discard(<int>)
$a = len(SEEN)
-- effects, a: t1
if BOX.t is None:
    BOX.t = <t1>
BOX.t = BOX.t * 2
$a = <t1> + BOX.t
-- arrays, a: array, b: float
$a = np.zeros(3)
$a[<int> % 3] = <float>
$a += <array>
$b = float($a.sum())
-- arrays, a: array
view = <array>
$a = view * 2 + np.arange(3)
$a[1:] *= 2
$a = np.where($a > <float>, $a, 0.0)
-- arrays, a: t1
$a = Tensor(<array>).astype(float32) + Tensor(np.asarray([<float>, 1, 2], np.float32))
-- inplace
<w> += 1
-- inplace
<w>[<int> % 3] = <float>
-- inplace, a: array
$a = <w>[1:]
$a[0] = <float>
$a = <w> * 1
-- inplace
<w>.sort()
-- inplace
<w>[:] = <array>
"""


def _read():
    for part in re.split(r"^-- ", _TEXT.rstrip() + _RUNTIME, flags=re.MULTILINE)[1:]:
        heading, _, lines = part.partition("\n")
        features, *results = heading.split(", ")
        kinds = dict(result.split(": ") for result in results)
        yield (
            set(features.split("+")) - {"plain"},
            {name: KINDS[kind] for name, kind in kinds.items()},
            lines.rstrip(),
        )


IDIOMS = list(_read())
"""Features, kinds of the results by name, text."""
PLACE = re.compile(r"<(\w+)>|\$(\w)\b")
