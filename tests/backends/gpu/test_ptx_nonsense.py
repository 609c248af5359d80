"""Text that isn't PTX, or PTX with other words: an error with its line, never one of Python's."""

import random
import re

import numpy as np
import pytest

from foldaway.backends.gpu.ptx_errors import PtxError, PtxSyntaxError, UnsupportedPtx
from foldaway.backends.gpu.ptx_launch import run_ptx

from .literal_ptx import LOAD, STORE, X, kernel_text, line_of, run

EXAMPLE = kernel_text(
    f"""{LOAD}
    .shared .align 16 .b8 tile[1024];
    .local .align 4 .b8 own[16];
    mov.b64 %d2, tile;
    mad.wide.u32 %d3, %r1, 16, %d2;
    st.shared.v4.b32 [%d3], {{%r2, %r1, %r1, %r2}};
    bar.sync 0;
    ld.shared.v2.b32 {{%r4, %r5}}, [%d3+8];
    cp.async.ca.shared.global [%d3], [%d1], 16;
    cp.async.commit_group;
    cp.async.wait_group 0;
    bar.warp.sync -1;
    cvt.rn.f32.s32 %r6, %r4;
    fma.rn.f32 %r7, %r6, 0f40000000, %r6;
    cvt.rzi.s32.f32 %r8, %r7;
    setp.lt.s32 %p1|%p2, %r8, %r5;
    selp.b32 %r3, %r8, %r5, %p1;
    shfl.sync.bfly.b32 %r9|%p3, %r3, 1, 31, -1;
    vote.sync.any.pred %p4, %p3, -1;
    @%p4 add.s32 %r3, %r3, %r9;
    @!%p4 bra $END;
    mov.b32 {{%h1, %h2}}, %r3;
    atom.global.add.u32 %r10, [%d1], 0;
    bfe.s32 %r11, %r3, 4, 8;
    prmt.b32 %r12, %r3, %r11, 0x5410;
    shl.b32 %r13, %r12, 3;
$END:
    {STORE}""",
    limits=".reqntid 32, 1, 1",
)
WORDS = (
    *("0", "-1", "31", "08", "64", "4294967296", "99999999999999999999", "0f7FC00000", "1.5"),
    *("%r0", "%d1", "%p1", "%h1", "%laneid", "tile", "_", "$END", ".b32", ".f16x2", ".pred"),
    *("{", "}", "[", "]", "(", ",", ";", "@", "|", "mov", "add", "shfl", "ld", "bar", "cvt", ".v4"),
)


def mutated(text, dice):
    parts = re.findall(r"\s+|[.%$]?\w+|.", text)
    for _ in range(dice.choice((1, 1, 2, 3))):
        places = [n for n, part in enumerate(parts) if part.strip()]
        at, other = dice.choice(places), dice.choice(places)
        match dice.randrange(5):
            case 0:
                del parts[at]
            case 1:
                parts.insert(at, parts[other])
            case 2:
                parts[at], parts[other] = parts[other], parts[at]
            case 3:
                parts[at] = dice.choice(WORDS)
            case _:
                del parts[at : at + dice.randrange(40)]
    return "".join(parts)


@pytest.mark.parametrize("seed", range(8))
def test_changed_texts_run_or_are_refused(seed):
    dice = random.Random(seed)
    for _ in range(40):
        text = mutated(EXAMPLE, dice)
        try:
            run_ptx(text, "k", [X], (1,), (32,), max_steps=2000)
        except (PtxError, MemoryError) as error:
            assert str(error)  # noqa: PT017


@pytest.mark.parametrize(
    ("part", "instead", "problem"),
    [
        ("[%d3+8]", "[%d3+08]", "no number: 08"),
        (".b8 tile[1024]", ".b4 tile[1024]", "no type is named b4"),
        (".align 16", ".align 3", "an alignment or a size that can't be"),
        ("[1024]", "[99999999999999]", "99999999999999 of something"),
        ("40000000, %r6", "40000000, %r6;\n}", "outside of a function"),
    ],
)
def test_what_is_no_ptx_says_where(part, instead, problem):
    text = EXAMPLE.replace(part, instead)
    with pytest.raises(PtxSyntaxError, match=problem) as e:
        run_ptx(text, "k", [X], (1,), (32,))
    assert e.value.line >= line_of(EXAMPLE, part)


def test_a_text_that_ends_too_early():
    for length in range(0, len(EXAMPLE) - 3, 7):
        with pytest.raises(PtxError):
            run_ptx(EXAMPLE[:length], "k", [X], (1,), (32,))


@pytest.mark.parametrize(
    "instruction",
    [
        *("setp", "setp.foo.s32 %p1, %r1, %r1", "mov.b32 %r2", "bar", "shfl.sync.b32 %r2, %r1"),
        *("mad.hi.sat.s32 %r2, %r1, %r1, %r1", "cvt.rn.s32.f32 %r2, %r1", "lop3.b32 %r2, %r1"),
        *("brx.idx %r1, 5", "cp.async.wait_group %r1", "bar.red.foo.pred %p1, 0, %p1"),
        "add.f64 %d2, %d1, 0f3F800000",
    ],
)
def test_forms_that_no_instruction_has(instruction):
    body = f"setp.eq.u32 %p1, %r1, %r1;\n{instruction};"
    with pytest.raises((UnsupportedPtx, PtxSyntaxError)) as e:
        run(body, X)
    assert e.value.line == line_of(kernel_text(body), f"{instruction};")


def test_a_constant_float_may_have_a_sign():
    (got,) = run(f"{LOAD}\nmov.b32 %r3, -0f3F800000;\n{STORE}", np.ones(32, np.float32))
    assert (got == -1).all()


def test_who_arrived_is_forgotten_when_a_block_ends():
    body = """
    .shared .align 4 .b8 word[4];
    mov.b64 %d2, word;
    setp.lt.u32 %p1, %r1, 32;
    mov.u32 %r3, %ctaid.x;
    setp.lt.u32 %p2, %r3, 128;
    @%p2 bra $EARLY;
    setp.eq.u32 %p3, %r1, 0;
    @%p3 st.shared.b32 [%d2], 5;
    @%p1 bar.arrive 1, 64;
    @!%p1 bar.sync 1, 64;
    @!%p1 ld.shared.b32 %r4, [%d2];
    bra $END;
$EARLY:
    @%p1 bar.arrive 1, 64;
$END:"""
    run(body, X, threads=64, blocks=129)
