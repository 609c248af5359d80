"""The text of the machine code that answers calls of compiled functions: one for all of them.

What a form asks of a call, and what it then runs, is in its table (`runtime/call_table.py`), which
this code goes through. A call that fits no table, and one whose kernel says that it can't give a
result, goes to `__call__` of the class: nothing has happened yet.
"""

from __future__ import annotations

from string import Template

from ...runtime.call_table import HEADER, STEP, Header, Step
from ...runtime.object_layout import Layout
from . import tensor_pool
from .entry_results import RESULTS
from .entry_steps import STEPS, TRY, VERSIONS

ENTRY = "foldaway_entry"
"""The name of a row of addresses: of a `vectorcallfunc`, and of a `destructor` of tensors."""

_MOST_BYTES = 4096
"""Of a tensor that is kept for a new result."""

FUNCTIONS = (
    *("PyThreadState_Get", "_PyObject_MakeTpCall", "PyContextVar_Get", "PyTuple_New"),
    *("PyDict_GetItemWithError", "PyObject_GetAttr", "PyObject_GetItem", "PyCell_Get"),
    *("PyFunction_GetCode", "PyWeakref_GetObject", "PyObject_CallOneArg", "PyObject_IsTrue"),
    "PyObject_CallNoArgs",
    *("PyLong_AsLongLongAndOverflow", "PyFloat_AsDouble", "PyType_GenericAlloc"),
    *("PyErr_Occurred", "PyErr_ExceptionMatches", "PyErr_Clear"),
    *("PyEval_SaveThread", "PyEval_RestoreThread", "_Py_Dealloc", "Py_IncRef", "Py_DecRef"),
    *tensor_pool.FUNCTIONS,
)
"""What it calls of the C API."""


def entry_text(layout: Layout, entries: int) -> str:
    """Return the LLVM IR of both functions.

    `entries` is where an instance keeps its tables. Without plain reference counts there is no
    second function.
    """
    counts = _INLINE_COUNTS if layout.inline_counts else _CALLED_COUNTS
    names: dict[str, object] = {f"H_{one.name}": 8 * one for one in Header}
    names |= {"HEADER": 8 * HEADER, "STEP": 8 * STEP, "ENTRIES": entries}
    names |= {f"S_{one.name}": int(one) for one in Step}
    names |= {name.upper(): value for name, value in layout._asdict().items()}
    names |= {f"T_{name.strip('_').upper()}": at for name, at in layout.tensor_slots.items()}
    # Where dicts have no versions, no table asks for them.
    names["DICT_VERSION"] = layout.dict_version or 0
    names["MOST_BYTES"] = _MOST_BYTES
    pool = tensor_pool.POOL if layout.inline_counts else tensor_pool.NO_POOL
    text = _DECLARATIONS + counts + pool + _CALL + TRY + STEPS + VERSIONS + RESULTS + _WEIGHTS
    return Template(text).substitute(names)


_DECLARATIONS = """
@TENSOR = external global i8
@ARRAY = external global i8
@NONE = external global i8
@FALSE = external global i8
@FLOAT = external global i8
@INT = external global i8
@TRACER = external global i8
@LOST = external global i8
declare ptr @PyThreadState_Get()
declare ptr @_PyObject_MakeTpCall(ptr, ptr, ptr, i64, ptr)
declare i32 @PyContextVar_Get(ptr, ptr, ptr)
declare ptr @PyDict_GetItemWithError(ptr, ptr)
declare ptr @PyObject_GetAttr(ptr, ptr)
declare ptr @PyObject_GetItem(ptr, ptr)
declare ptr @PyCell_Get(ptr)
declare ptr @PyFunction_GetCode(ptr)
declare ptr @PyWeakref_GetObject(ptr)
declare ptr @PyObject_CallOneArg(ptr, ptr)
declare ptr @PyObject_CallNoArgs(ptr)
declare i32 @PyObject_IsTrue(ptr)
declare i64 @PyLong_AsLongLongAndOverflow(ptr, ptr)
declare double @PyFloat_AsDouble(ptr)
declare ptr @PyTuple_New(i64)
declare ptr @PyType_GenericAlloc(ptr, i64)
declare ptr @PyErr_Occurred()
declare i32 @PyErr_ExceptionMatches(ptr)
declare void @PyErr_Clear()
declare ptr @PyEval_SaveThread()
declare void @PyEval_RestoreThread(ptr)
declare void @_Py_Dealloc(ptr)
declare void @Py_IncRef(ptr)
declare void @Py_DecRef(ptr)
declare ptr @new_array(ptr, ptr, i32, ptr, ptr, ptr, i32, ptr)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
"""

_INLINE_COUNTS = """
define internal void @take(ptr %o) alwaysinline {
  %old = load i64, ptr %o
  %new = add i64 %old, 1
  store i64 %new, ptr %o
  ret void
}
define internal void @give(ptr %o) alwaysinline {
  %old = load i64, ptr %o
  %new = sub i64 %old, 1
  store i64 %new, ptr %o
  %last = icmp eq i64 %new, 0
  br i1 %last, label %free, label %done, !prof !0
free:
  call void @_Py_Dealloc(ptr %o)
  br label %done
done:
  ret void
}
"""

_CALLED_COUNTS = """
define internal void @take(ptr %o) alwaysinline {
  call void @Py_IncRef(ptr %o)
  ret void
}
define internal void @give(ptr %o) alwaysinline {
  call void @Py_DecRef(ptr %o)
  ret void
}
"""

_CALL = """
@foldaway_entry = constant [2 x ptr] [ptr @call, ptr @drop]

define internal ptr @call(ptr %self, ptr %arguments, i64 %flagged, ptr %keywords) {
  %count = and i64 %flagged, 9223372036854775807
  %traced = alloca ptr
  %p_entries = getelementptr i8, ptr %self, i64 $ENTRIES
  %entries = load ptr, ptr %p_entries
  %has_keywords = icmp ne ptr %keywords, null
  %has_none = icmp eq ptr %entries, null
  %unfit = or i1 %has_keywords, %has_none
  br i1 %unfit, label %slow, label %trace, !prof !0
trace:
  %asked = call i32 @PyContextVar_Get(ptr @TRACER, ptr null, ptr %traced)
  %unknown = icmp ne i32 %asked, 0
  br i1 %unknown, label %raised, label %known, !prof !0
known:
  %tracer = load ptr, ptr %traced
  %none = icmp eq ptr %tracer, @NONE
  %nothing = icmp eq ptr %tracer, null
  br i1 %nothing, label %slow, label %held, !prof !0
held:
  call void @give(ptr %tracer)
  br i1 %none, label %enter, label %slow, !prof !1
enter:
  ; Whoever exchanges the tables meanwhile leaves these to this call.
  call void @take(ptr %entries)
  %p_size = getelementptr i8, ptr %entries, i64 16
  %size = load i64, ptr %p_size
  br label %next
next:
  %index = phi i64 [ 0, %enter ], [ %after, %missed ]
  %more = icmp slt i64 %index, %size
  br i1 %more, label %look, label %exhausted
look:
  %offset = shl i64 %index, 3
  %p_item = getelementptr i8, ptr %entries, i64 $TUPLE_ITEMS
  %p_entry = getelementptr i8, ptr %p_item, i64 %offset
  %entry = load ptr, ptr %p_entry
  %table = getelementptr i8, ptr %entry, i64 $BYTES_DATA
  %expected = load i64, ptr %table
  %fits = icmp eq i64 %expected, %count
  br i1 %fits, label %try, label %missed
try:
  %result = call ptr @try(ptr %table, ptr %arguments, i64 %count)
  %miss = icmp eq ptr %result, @MISS
  br i1 %miss, label %missed, label %found, !prof !0
missed:
  ; A table, and what it refers to.
  %after = add i64 %index, 2
  br label %next
found:
  call void @give(ptr %entries)
  ret ptr %result
exhausted:
  call void @give(ptr %entries)
  br label %slow
slow:
  %thread = call ptr @PyThreadState_Get()
  %answer = call ptr @_PyObject_MakeTpCall(
    ptr %thread, ptr %self, ptr %arguments, i64 %count, ptr %keywords)
  ret ptr %answer
raised:
  ret ptr null
}
"""

_WEIGHTS = """
!0 = !{!"branch_weights", i32 1, i32 2000}
!1 = !{!"branch_weights", i32 2000, i32 1}
"""
"""For what is unlikely, and what is likely."""
