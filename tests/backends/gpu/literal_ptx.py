"""Short kernels written out as PTX text, and one that applies an instruction to arrays."""

import numpy as np

from foldaway.backends.gpu.ptx_launch import run_ptx

X = np.arange(1, 65, dtype=np.uint32)
LOAD = "mad.wide.u32 %d20, %r1, 4, %d1;\nld.global.b32 %r2, [%d20];"
STORE = "st.global.b32 [%d20], %r3;"
_REGISTERS = """
    .reg .pred %p<10>;
    .reg .b16 %h<10>;
    .reg .b32 %r<40>;
    .reg .b64 %d<40>;
"""


def kernel_text(body, pointers=1, extra="", before="", limits=""):
    """Return the text of kernel `k`, whose pointers are in %d1, %d2, … when `body` begins.

    %r1 is the thread's number; `extra` are parameters after the pointers, `before` stands
    outside of the kernel, `limits` behind its parameters.
    """
    parameters = [f".param .u64 k_p{number}" for number in range(1, pointers + 1)]
    parameters += [extra] if extra else []
    loads = "".join(
        f"    ld.param.b64 %d{number}, [k_p{number}];\n" for number in range(1, pointers + 1)
    )
    return (
        f".version 8.0\n.target sm_90\n.address_size 64\n{before}\n"
        f".visible .entry k({', '.join(parameters)}) {limits}\n{{{_REGISTERS}{loads}"
        f"    mov.u32 %r1, %tid.x;\n{body}\n    ret;\n}}\n"
    )


def run(body, *arrays, threads=32, blocks=1, shared=0, max_steps=100_000, **words):
    """Return what the kernel of `body` makes of the arrays."""
    text = kernel_text(body, pointers=len(arrays), **words)
    return run_ptx(text, "k", arrays, (blocks,), (threads,), shared, max_steps)


def per_thread(body, values=X, threads=64, **words):
    """Return %r3 of each thread, where %r2 is its number of `values`."""
    return run(f"{LOAD}\n{body}\n{STORE}", values, threads=threads, **words)[0]


def line_of(text, part):
    """Return the number of the line that contains `part`."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if part in line)


def apply(instruction, result, *sources):
    """Return `instruction` of arrays, a dtype for its `result`: `{0}` is where that goes.

    `{1}`, `{2}`, … are the sources. Bools are predicates, which lie in memory as bytes.
    """
    count = len(sources[0])
    target, names, body = _register(result, 0), [], []
    for number, source in enumerate(sources, 1):
        name = _register(source.dtype, number)
        size = source.itemsize
        body.append(f"mad.wide.u32 %d20, %r1, {size}, %d{number};")
        body += _load(name, size)
        names.append(name)
    body.append(instruction.format(target, *names) + ";")
    size = np.dtype(result).itemsize
    body.append(f"mad.wide.u32 %d20, %r1, {size}, %d{len(sources) + 1};")
    if target.startswith("%p"):
        body += [f"selp.b16 %h9, 1, 0, {target};", "st.global.b8 [%d20], %h9;"]
    else:
        body.append(f"st.global.b{8 * size} [%d20], {target};")
    arrays = [*sources, np.zeros(count, result)]
    body = ["mov.u32 %r2, %ctaid.x;", "mad.lo.s32 %r1, %r2, 128, %r1;", *body]
    padded = [np.resize(array, -(-count // 128) * 128) for array in arrays]
    done = run("\n".join(body), *padded, threads=128, blocks=len(padded[0]) // 128)
    return done[-1][:count]


def _register(dtype, number):
    size = np.dtype(dtype).itemsize
    if np.dtype(dtype) == np.bool_:
        return f"%p{number}"
    return f"%{ {1: 'h', 2: 'h', 4: 'r', 8: 'd'}[size] }{number + 10 if size > 2 else number}"


def _load(name, size):
    if name.startswith("%p"):
        return ["ld.global.b8 %h9, [%d20];", f"setp.ne.b16 {name}, %h9, 0;"]
    return [f"ld.global.b{8 * size} {name}, [%d20];"]
