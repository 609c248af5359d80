"""The text of the machine code that keeps small tensors which nobody has any more, for new results.

To make a tensor and its array and to free both takes longer than all else in a call. So Python's
function that frees a tensor is replaced by one that puts aside an eager tensor whose small array
is nobody else's. Others it frees as Python does. It is the function of the class that has the
slots: of a subclass's instance Python has then freed what the subclass adds, after its `__del__`.
"""

from __future__ import annotations

FUNCTIONS = (
    *("PyObject_GC_UnTrack", "PyObject_GC_Track", "PyObject_GC_Del", "PyObject_ClearWeakRefs"),
)
"""What it calls of the C API."""

NO_POOL = """
@drop = internal constant i8 0

define internal ptr @reuse(ptr %dtype, i32 %ndim, ptr %shape) alwaysinline {
  ret ptr null
}
declare void @PyObject_GC_Track(ptr)
"""
"""Where tensors are freed by Python alone."""

POOL = """
declare void @PyObject_GC_UnTrack(ptr)
declare void @PyObject_GC_Track(ptr)
declare void @PyObject_GC_Del(ptr)
declare void @PyObject_ClearWeakRefs(ptr)

; 64 groups of 4.
@pool = internal global [256 x ptr] zeroinitializer

define internal ptr @group(ptr %dtype, i32 %ndim, ptr %shape) {
  %address = ptrtoint ptr %dtype to i64
  %seed = lshr i64 %address, 5
  %axes = zext i32 %ndim to i64
  br label %axis
axis:
  %n = phi i64 [ 0, %0 ], [ %n_next, %extent ]
  %hash = phi i64 [ %seed, %0 ], [ %mixed, %extent ]
  %is_end = icmp eq i64 %n, %axes
  br i1 %is_end, label %end, label %extent
extent:
  %p_extent = getelementptr i64, ptr %shape, i64 %n
  %length = load i64, ptr %p_extent
  %scaled = mul i64 %hash, 31
  %mixed = add i64 %scaled, %length
  %n_next = add i64 %n, 1
  br label %axis
end:
  %high = lshr i64 %hash, 6
  %folded = xor i64 %hash, %high
  %number = and i64 %folded, 63
  %first = shl i64 %number, 2
  %group = getelementptr ptr, ptr @pool, i64 %first
  ret ptr %group
}

; A tensor with such an array, which belongs to the caller; null: there is none.
define internal ptr @reuse(ptr %dtype, i32 %ndim, ptr %shape) {
  %group = call ptr @group(ptr %dtype, i32 %ndim, ptr %shape)
  %axes = zext i32 %ndim to i64
  br label %place
place:
  %k = phi i64 [ 0, %0 ], [ %k_next, %next ]
  %is_over = icmp eq i64 %k, 4
  br i1 %is_over, label %none, label %look
look:
  %p_kept = getelementptr ptr, ptr %group, i64 %k
  %kept = load ptr, ptr %p_kept
  %is_free = icmp eq ptr %kept, null
  br i1 %is_free, label %next, label %compare
compare:
  %p_array = getelementptr i8, ptr %kept, i64 $T_ARRAY
  %array = load ptr, ptr %p_array
  %p_dtype = getelementptr i8, ptr %array, i64 $ARRAY_DTYPE
  %its_dtype = load ptr, ptr %p_dtype
  %is_dtype = icmp eq ptr %its_dtype, %dtype
  %p_ndim = getelementptr i8, ptr %array, i64 $ARRAY_NDIM
  %its_ndim = load i32, ptr %p_ndim
  %is_ndim = icmp eq i32 %its_ndim, %ndim
  %fits = and i1 %is_dtype, %is_ndim
  br i1 %fits, label %shapes, label %next
shapes:
  %p_shape = getelementptr i8, ptr %array, i64 $ARRAY_SHAPE
  %its_shape = load ptr, ptr %p_shape
  br label %axis
axis:
  %n = phi i64 [ 0, %shapes ], [ %n_next, %extent ]
  %is_end = icmp eq i64 %n, %axes
  br i1 %is_end, label %found, label %extent
extent:
  %p_its = getelementptr i64, ptr %its_shape, i64 %n
  %its = load i64, ptr %p_its
  %p_wanted = getelementptr i64, ptr %shape, i64 %n
  %wanted = load i64, ptr %p_wanted
  %is_extent = icmp eq i64 %its, %wanted
  %n_next = add i64 %n, 1
  br i1 %is_extent, label %axis, label %next
next:
  %k_next = add i64 %k, 1
  br label %place
found:
  store ptr null, ptr %p_kept
  store i64 1, ptr %kept
  ret ptr %kept
none:
  ret ptr null
}

; Whether an array is whole, its own, in row-major order, small, and known to its tensor alone.
define internal i1 @is_plain(ptr %array) {
  %p_class = getelementptr i8, ptr %array, i64 8
  %its_class = load ptr, ptr %p_class
  %is_array = icmp eq ptr %its_class, @ARRAY
  br i1 %is_array, label %look, label %no
look:
  %count = load i64, ptr %array
  %is_alone = icmp eq i64 %count, 1
  %p_flags = getelementptr i8, ptr %array, i64 $ARRAY_FLAGS
  %flags = load i32, ptr %p_flags
  %masked = and i32 %flags, 9477
  %is_own = icmp eq i32 %masked, 1285
  %p_base = getelementptr i8, ptr %array, i64 $ARRAY_BASE
  %base = load ptr, ptr %p_base
  %has_no_base = icmp eq ptr %base, null
  %p_weak = getelementptr i8, ptr %array, i64 $ARRAY_WEAK
  %weak = load ptr, ptr %p_weak
  %has_no_weak = icmp eq ptr %weak, null
  %is_1 = and i1 %is_alone, %is_own
  %is_2 = and i1 %has_no_base, %has_no_weak
  %is_candidate = and i1 %is_1, %is_2
  br i1 %is_candidate, label %sizes, label %no
sizes:
  %p_shape = getelementptr i8, ptr %array, i64 $ARRAY_SHAPE
  %shape = load ptr, ptr %p_shape
  %p_strides = getelementptr i8, ptr %array, i64 $ARRAY_STRIDES
  %strides = load ptr, ptr %p_strides
  %p_ndim = getelementptr i8, ptr %array, i64 $ARRAY_NDIM
  %ndim = load i32, ptr %p_ndim
  %axes = zext i32 %ndim to i64
  br label %axis
axis:
  ; The elements are counted in strides of the last axis, which only an element's size is right for.
  %n = phi i64 [ %axes, %sizes ], [ %before, %extent ]
  %step = phi i64 [ 0, %sizes ], [ %bytes, %extent ]
  %is_end = icmp eq i64 %n, 0
  br i1 %is_end, label %yes, label %extent
extent:
  %before = sub i64 %n, 1
  %p_extent = getelementptr i64, ptr %shape, i64 %before
  %length = load i64, ptr %p_extent
  %p_stride = getelementptr i64, ptr %strides, i64 %before
  %stride = load i64, ptr %p_stride
  %is_last = icmp eq i64 %n, %axes
  %expected = select i1 %is_last, i64 %stride, i64 %step
  %is_dense = icmp eq i64 %stride, %expected
  %bytes = mul i64 %expected, %length
  %is_small = icmp ule i64 %bytes, $MOST_BYTES
  %has_some = icmp ne i64 %bytes, 0
  %is_3 = and i1 %is_dense, %is_small
  %is_fit = and i1 %is_3, %has_some
  br i1 %is_fit, label %axis, label %no
yes:
  ret i1 1
no:
  ret i1 0
}

define internal void @drop(ptr %self) {
  %p_kind = getelementptr i8, ptr %self, i64 8
  %kind = load ptr, ptr %p_kind
  %is_tensor = icmp eq ptr %kind, @TENSOR
  br i1 %is_tensor, label %look, label %free
look:
  %p_weak = getelementptr i8, ptr %self, i64 $TENSOR_WEAK
  %weak = load ptr, ptr %p_weak
  %has_no_weak = icmp eq ptr %weak, null
  %p_value = getelementptr i8, ptr %self, i64 $T_VALUE
  %value = load ptr, ptr %p_value
  %has_no_value = icmp eq ptr %value, @NONE
  %p_tracer = getelementptr i8, ptr %self, i64 $T_TRACER
  %tracer = load ptr, ptr %p_tracer
  %has_no_tracer = icmp eq ptr %tracer, @NONE
  %p_seen = getelementptr i8, ptr %self, i64 $T_SEEN
  %seen = load ptr, ptr %p_seen
  %has_no_seen = icmp eq ptr %seen, @NONE
  %p_lazily = getelementptr i8, ptr %self, i64 $T_LAZILY
  %lazily = load ptr, ptr %p_lazily
  %has_no_lazily = icmp eq ptr %lazily, @NONE
  %p_outside = getelementptr i8, ptr %self, i64 $T_OUTSIDE
  %outside = load ptr, ptr %p_outside
  %is_inside = icmp eq ptr %outside, @FALSE
  %p_array = getelementptr i8, ptr %self, i64 $T_ARRAY
  %array = load ptr, ptr %p_array
  %has_array = icmp ne ptr %array, null
  %is_1 = and i1 %has_no_weak, %has_no_value
  %is_2 = and i1 %has_no_tracer, %has_no_seen
  %is_3 = and i1 %has_no_lazily, %is_inside
  %is_4 = and i1 %is_1, %is_2
  %is_5 = and i1 %is_3, %has_array
  %is_eager = and i1 %is_4, %is_5
  br i1 %is_eager, label %own, label %free
own:
  %is_plain = call i1 @is_plain(ptr %array)
  br i1 %is_plain, label %keep, label %free
keep:
  call void @PyObject_GC_UnTrack(ptr %self)
  %p_dtype = getelementptr i8, ptr %array, i64 $ARRAY_DTYPE
  %dtype = load ptr, ptr %p_dtype
  %p_ndim = getelementptr i8, ptr %array, i64 $ARRAY_NDIM
  %ndim = load i32, ptr %p_ndim
  %p_shape = getelementptr i8, ptr %array, i64 $ARRAY_SHAPE
  %shape = load ptr, ptr %p_shape
  %group = call ptr @group(ptr %dtype, i32 %ndim, ptr %shape)
  br label %place
place:
  %k = phi i64 [ 0, %keep ], [ %k_next, %taken ]
  %p_place = getelementptr ptr, ptr %group, i64 %k
  %there = load ptr, ptr %p_place
  %is_empty = icmp eq ptr %there, null
  br i1 %is_empty, label %put, label %taken
taken:
  %k_next = add i64 %k, 1
  %is_full = icmp eq i64 %k_next, 4
  br i1 %is_full, label %displace, label %place
put:
  store ptr %self, ptr %p_place
  br label %done
displace:
  ; The last one may be of a kind that nobody wants any more.
  store ptr %self, ptr %p_place
  br label %free
free:
  %one = phi ptr [ %self, %0 ], [ %self, %look ], [ %self, %own ], [ %there, %displace ]
  call void @free_tensor(ptr %one)
  br label %done
done:
  ret void
}

define internal void @free_tensor(ptr %self) {
  call void @PyObject_GC_UnTrack(ptr %self)
  %p_weak = getelementptr i8, ptr %self, i64 $TENSOR_WEAK
  %weak = load ptr, ptr %p_weak
  %has_weak = icmp ne ptr %weak, null
  br i1 %has_weak, label %forget, label %slots
forget:
  call void @PyObject_ClearWeakRefs(ptr %self)
  br label %slots
slots:
  call void @clear(ptr %self, i64 $T_ARRAY)
  call void @clear(ptr %self, i64 $T_VALUE)
  call void @clear(ptr %self, i64 $T_TRACER)
  call void @clear(ptr %self, i64 $T_SEEN)
  call void @clear(ptr %self, i64 $T_LAZILY)
  call void @clear(ptr %self, i64 $T_OUTSIDE)
  %p_kind = getelementptr i8, ptr %self, i64 8
  %kind = load ptr, ptr %p_kind
  call void @PyObject_GC_Del(ptr %self)
  call void @give(ptr %kind)
  ret void
}

define internal void @clear(ptr %self, i64 %offset) {
  %place = getelementptr i8, ptr %self, i64 %offset
  %held = load ptr, ptr %place
  store ptr null, ptr %place
  %is_unset = icmp eq ptr %held, null
  br i1 %is_unset, label %done, label %drop
drop:
  call void @give(ptr %held)
  br label %done
done:
  ret void
}
"""
