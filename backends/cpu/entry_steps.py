"""The text of the machine code that goes through the steps of a table.

It is the first part of the function `@try`, which gives what a call gives: null for an exception,
`@MISS` where it isn't sure. What the steps mean is said in `runtime/call_table.py`.
"""

TRY = """
@MISS = internal constant i8 0

define internal ptr @try(ptr %table, ptr %arguments, i64 %count) noinline {
  %p_words = getelementptr i8, ptr %table, i64 $H_WORDS
  %words = load i64, ptr %p_words
  %p_registers = getelementptr i8, ptr %table, i64 $H_REGISTERS
  %registers = load i64, ptr %p_registers
  %frame = alloca i64, i64 %words
  %bytes = shl i64 %words, 3
  call void @llvm.memset.p0.i64(ptr align 8 %frame, i8 0, i64 %bytes, i1 false)
  %block = getelementptr ptr, ptr %frame, i64 %registers
  %p_numbers = getelementptr i8, ptr %table, i64 $H_NUMBERS
  %numbers_at = load i64, ptr %p_numbers
  %numbers = getelementptr i64, ptr %frame, i64 %numbers_at
  %first = getelementptr i8, ptr %table, i64 $HEADER
  %overflow = alloca i32
  br label %step
advance:
  %following = getelementptr i8, ptr %pc, i64 $STEP
  br label %step
step:
  %pc = phi ptr [ %first, %0 ], [ %following, %advance ],
    [ %pc_after, %versions_seen ]
  %kind = load i64, ptr %pc
  %p_to = getelementptr i64, ptr %pc, i64 1
  %to = load i64, ptr %p_to
  %p_from = getelementptr i64, ptr %pc, i64 2
  %from = load i64, ptr %p_from
  %p_a = getelementptr i64, ptr %pc, i64 3
  %a = load ptr, ptr %p_a
  %p_b = getelementptr i64, ptr %pc, i64 4
  %b = load ptr, ptr %p_b
  %slot = getelementptr ptr, ptr %frame, i64 %to
  %p_value = getelementptr ptr, ptr %frame, i64 %from
  ; The arguments are counted down from -1: they stay where the caller has them.
  %place = xor i64 %from, -1
  %p_argument = getelementptr ptr, ptr %arguments, i64 %place
  %is_argument = icmp slt i64 %from, 0
  %p_chosen = select i1 %is_argument, ptr %p_argument, ptr %p_value
  %value = load ptr, ptr %p_chosen
  switch i64 %kind, label %done [
    i64 $S_TENSOR, label %tensor
    i64 $S_ARRAY, label %array
    i64 $S_FLOAT, label %float
    i64 $S_INT, label %int
    i64 $S_ITEM_OF_DICT, label %item_of_dict
    i64 $S_ITEM_IS, label %item_is
    i64 $S_CELL, label %cell
    i64 $S_ATTRIBUTE, label %attribute
    i64 $S_ITEM, label %item
    i64 $S_HELD, label %held
    i64 $S_FETCH, label %fetch
    i64 $S_IS, label %is
    i64 $S_IS_WEAKLY, label %is_weakly
    i64 $S_CLASS, label %class
    i64 $S_EQUAL, label %equal
    i64 $S_CHECK, label %check
    i64 $S_CODE, label %code
    i64 $S_ARGUMENTS, label %arguments_tuple
    i64 $S_UNCHANGED, label %unchanged
    i64 $S_VERIFIED, label %verified
  ]
"""

STEPS = """
tensor:
  %p_kind = getelementptr i8, ptr %value, i64 8
  %its_kind = load ptr, ptr %p_kind
  %is_kind = icmp eq ptr %its_kind, %a
  br i1 %is_kind, label %eager, label %miss, !prof !1
eager:
  %p_held = getelementptr i8, ptr %value, i64 $T_VALUE
  %its_value = load ptr, ptr %p_held
  %is_eager = icmp eq ptr %its_value, @NONE
  br i1 %is_eager, label %owning, label %miss, !prof !1
owning:
  %p_owned = getelementptr i8, ptr %value, i64 $T_ARRAY
  %owned = load ptr, ptr %p_owned
  %is_unset = icmp eq ptr %owned, null
  br i1 %is_unset, label %miss, label %array, !prof !0
array:
  %one = phi ptr [ %value, %step ], [ %owned, %owning ]
  %p_class = getelementptr i8, ptr %one, i64 8
  %its_class = load ptr, ptr %p_class
  %is_array = icmp eq ptr %its_class, @ARRAY
  br i1 %is_array, label %layout, label %miss, !prof !1
layout:
  %spec_at = ptrtoint ptr %b to i64
  %spec = getelementptr i8, ptr %table, i64 %spec_at
  %dtype = load ptr, ptr %spec
  %p_dtype = getelementptr i8, ptr %one, i64 $ARRAY_DTYPE
  %its_dtype = load ptr, ptr %p_dtype
  %is_dtype = icmp eq ptr %its_dtype, %dtype
  %p_ndim = getelementptr i64, ptr %spec, i64 1
  %ndim = load i32, ptr %p_ndim
  %p_its_ndim = getelementptr i8, ptr %one, i64 $ARRAY_NDIM
  %its_ndim = load i32, ptr %p_its_ndim
  %is_ndim = icmp eq i32 %its_ndim, %ndim
  %p_flags = getelementptr i64, ptr %spec, i64 2
  %flags = load i32, ptr %p_flags
  %p_its_flags = getelementptr i8, ptr %one, i64 $ARRAY_FLAGS
  %its_flags = load i32, ptr %p_its_flags
  %p_mask = getelementptr i64, ptr %spec, i64 3
  %mask = load i32, ptr %p_mask
  %masked = and i32 %its_flags, %mask
  %is_flags = icmp eq i32 %masked, %flags
  %fits_1 = and i1 %is_dtype, %is_ndim
  %fits = and i1 %fits_1, %is_flags
  br i1 %fits, label %shape, label %miss, !prof !1
shape:
  %p_its_shape = getelementptr i8, ptr %one, i64 $ARRAY_SHAPE
  %its_shape = load ptr, ptr %p_its_shape
  %p_shape = getelementptr i64, ptr %spec, i64 4
  %axes = zext i32 %ndim to i64
  br label %axis
axis:
  %n = phi i64 [ 0, %shape ], [ %n_next, %extent ]
  %is_end = icmp eq i64 %n, %axes
  br i1 %is_end, label %lend, label %extent
extent:
  %p_its_extent = getelementptr i64, ptr %its_shape, i64 %n
  %its_extent = load i64, ptr %p_its_extent
  %p_extent = getelementptr i64, ptr %p_shape, i64 %n
  %extent_wanted = load i64, ptr %p_extent
  %is_extent = icmp eq i64 %its_extent, %extent_wanted
  %n_next = add i64 %n, 1
  br i1 %is_extent, label %axis, label %miss, !prof !1
lend:
  ; Held, since another thread may take it from its tensor while the kernel runs.
  call void @take(ptr %one)
  store ptr %one, ptr %slot
  %p_data = getelementptr i8, ptr %one, i64 $ARRAY_DATA
  %data = load ptr, ptr %p_data
  %given = getelementptr ptr, ptr %block, i64 %to
  store ptr %data, ptr %given
  br label %advance
float:
  %p_float = getelementptr i8, ptr %value, i64 8
  %float_kind = load ptr, ptr %p_float
  %is_float = icmp eq ptr %float_kind, @FLOAT
  br i1 %is_float, label %double, label %miss, !prof !1
double:
  %number = call double @PyFloat_AsDouble(ptr %value)
  br label %real
real:
  %real_number = phi double [ %number, %double ], [ %from_whole, %long_real ]
  %number_at = getelementptr i64, ptr %numbers, i64 %to
  %number_given = getelementptr ptr, ptr %block, i64 %to
  store ptr %number_at, ptr %number_given
  %is_wide = icmp eq ptr %a, null
  br i1 %is_wide, label %wide, label %narrow
wide:
  store double %real_number, ptr %number_at
  br label %advance
narrow:
  %short_real = fptrunc double %real_number to float
  store float %short_real, ptr %number_at
  br label %advance
int:
  %p_int = getelementptr i8, ptr %value, i64 8
  %int_kind = load ptr, ptr %p_int
  %is_int = icmp eq ptr %int_kind, @INT
  br i1 %is_int, label %long, label %miss, !prof !1
long:
  %whole = call i64 @PyLong_AsLongLongAndOverflow(ptr %value, ptr %overflow)
  %over = load i32, ptr %overflow
  %is_over = icmp ne i32 %over, 0
  br i1 %is_over, label %miss, label %as_what, !prof !0
as_what:
  %is_real = icmp ne ptr %b, null
  br i1 %is_real, label %long_real, label %long_whole
long_real:
  %from_whole = sitofp i64 %whole to double
  br label %real
long_whole:
  %long_at = getelementptr i64, ptr %numbers, i64 %to
  store i64 %whole, ptr %long_at
  %long_given = getelementptr ptr, ptr %block, i64 %to
  store ptr %long_at, ptr %long_given
  %short = trunc i64 %whole to i32
  %again = sext i32 %short to i64
  %is_short = icmp eq i64 %again, %whole
  %takes_all = icmp eq ptr %a, null
  %is_held = or i1 %is_short, %takes_all
  br i1 %is_held, label %advance, label %miss, !prof !1
item_of_dict:
  %entry = call ptr @PyDict_GetItemWithError(ptr %a, ptr %b)
  %is_missing = icmp eq ptr %entry, null
  br i1 %is_missing, label %lost, label %hold_entry, !prof !0
hold_entry:
  call void @take(ptr %entry)
  store ptr %entry, ptr %slot
  br label %advance
item_is:
  %found = call ptr @PyDict_GetItemWithError(ptr %a, ptr %b)
  %p_c = getelementptr i64, ptr %pc, i64 5
  %c = load ptr, ptr %p_c
  %is_item = icmp eq ptr %found, %c
  %is_no_item = icmp eq ptr %found, null
  br i1 %is_item, label %item_there, label %item_other, !prof !1
item_there:
  br i1 %is_no_item, label %still_missing, label %advance
item_other:
  br i1 %is_no_item, label %lost, label %miss
still_missing:
  %why = call ptr @PyErr_Occurred()
  %is_missing_still = icmp eq ptr %why, null
  br i1 %is_missing_still, label %advance, label %lost, !prof !1
cell:
  %content = call ptr @PyCell_Get(ptr %a)
  br label %new_value
attribute:
  %attribute_value = call ptr @PyObject_GetAttr(ptr %value, ptr %a)
  br label %new_value
item:
  %item_value = call ptr @PyObject_GetItem(ptr %value, ptr %a)
  br label %new_value
held:
  call void @take(ptr %a)
  br label %new_value
fetch:
  %fetched = call ptr @PyObject_CallOneArg(ptr %a, ptr %value)
  br label %new_value
new_value:
  %new = phi ptr [ %content, %cell ], [ %attribute_value, %attribute ],
    [ %item_value, %item ], [ %a, %held ], [ %fetched, %fetch ]
  store ptr %new, ptr %slot
  %is_lost = icmp eq ptr %new, null
  br i1 %is_lost, label %lost, label %advance, !prof !0
is:
  %is_same = icmp eq ptr %value, %a
  br i1 %is_same, label %advance, label %miss, !prof !1
is_weakly:
  %referent = call ptr @PyWeakref_GetObject(ptr %a)
  %is_referent = icmp eq ptr %referent, %value
  %is_alive = icmp ne ptr %referent, @NONE
  %is_the_same = and i1 %is_referent, %is_alive
  br i1 %is_the_same, label %advance, label %miss, !prof !1
class:
  %p_its = getelementptr i8, ptr %value, i64 8
  %its = load ptr, ptr %p_its
  %is_class = icmp eq ptr %its, %a
  br i1 %is_class, label %advance, label %miss, !prof !1
equal:
  %is_the_very = icmp eq ptr %value, %a
  br i1 %is_the_very, label %advance, label %check, !prof !1
check:
  %said = call ptr @PyObject_CallOneArg(ptr %b, ptr %value)
  %is_raised = icmp eq ptr %said, null
  br i1 %is_raised, label %lost, label %judge, !prof !0
judge:
  %truth = call i32 @PyObject_IsTrue(ptr %said)
  call void @give(ptr %said)
  switch i32 %truth, label %lost [ i32 0, label %miss
                                   i32 1, label %advance ]
code:
  %its_code = call ptr @PyFunction_GetCode(ptr %a)
  %is_code = icmp eq ptr %its_code, %b
  br i1 %is_code, label %advance, label %miss, !prof !1
arguments_tuple:
  %tuple = call ptr @PyTuple_New(i64 %count)
  store ptr %tuple, ptr %slot
  %no_tuple = icmp eq ptr %tuple, null
  br i1 %no_tuple, label %lost, label %fill, !prof !0
fill:
  %k = phi i64 [ 0, %arguments_tuple ], [ %k_next, %fill_one ]
  %is_full = icmp eq i64 %k, %count
  br i1 %is_full, label %advance, label %fill_one
fill_one:
  %p_one = getelementptr ptr, ptr %arguments, i64 %k
  %one_argument = load ptr, ptr %p_one
  call void @take(ptr %one_argument)
  %p_items = getelementptr i8, ptr %tuple, i64 $TUPLE_ITEMS
  %p_place = getelementptr ptr, ptr %p_items, i64 %k
  store ptr %one_argument, ptr %p_place
  %k_next = add i64 %k, 1
  br label %fill
"""

VERSIONS = """
unchanged:
  %dicts_at = ptrtoint ptr %b to i64
  %dicts = getelementptr i8, ptr %table, i64 %dicts_at
  %p_known = getelementptr i64, ptr %a, i64 1
  %was_verified = load i64, ptr %a
  %same_before = icmp ne i64 %was_verified, 0
  br label %version
version:
  %v = phi i64 [ 0, %unchanged ], [ %v_next, %version_one ]
  %all_same = phi i1 [ %same_before, %unchanged ], [ %same_now, %version_one ]
  %p_dict = getelementptr ptr, ptr %dicts, i64 %v
  %dict = load ptr, ptr %p_dict
  %no_dict = icmp eq ptr %dict, null
  br i1 %no_dict, label %versions_seen, label %version_one
version_one:
  %p_version = getelementptr i8, ptr %dict, i64 $DICT_VERSION
  %version_now = load i64, ptr %p_version
  %p_version_then = getelementptr i64, ptr %p_known, i64 %v
  %version_then = load i64, ptr %p_version_then
  store i64 %version_now, ptr %p_version_then
  %is_version = icmp eq i64 %version_now, %version_then
  %same_now = and i1 %all_same, %is_version
  %v_next = add i64 %v, 1
  br label %version
versions_seen:
  %skipped = select i1 %all_same, i64 %to, i64 1
  %verified_now = zext i1 %all_same to i64
  ; Until the steps that are not left out have said so, nothing is known of these versions.
  store i64 %verified_now, ptr %a
  %skipped_bytes = mul i64 %skipped, $STEP
  %pc_after = getelementptr i8, ptr %pc, i64 %skipped_bytes
  br label %step
verified:
  store i64 1, ptr %a
  br label %advance
"""
