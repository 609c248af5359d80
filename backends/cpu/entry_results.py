"""The text of the machine code that runs a kernel when all has been asked, and makes its results.

It is the second part of the function `@try`, after the steps.
"""

RESULTS = """
done:
  %p_outputs = getelementptr i8, ptr %table, i64 $H_OUTPUTS
  %outputs = load i64, ptr %p_outputs
  %p_inputs = getelementptr i8, ptr %table, i64 $H_INPUTS
  %inputs = load i64, ptr %p_inputs
  br label %allocate
allocate:
  %i = phi i64 [ 0, %done ], [ %i_next, %allocated ]
  %p_spec = phi ptr [ %pc, %done ], [ %p_spec_next, %allocated ]
  %all = icmp eq i64 %i, %outputs
  br i1 %all, label %run, label %another
another:
  %p_spec_at = getelementptr i64, ptr %p_spec, i64 1
  %out_spec_at = load i64, ptr %p_spec_at
  %out_spec = getelementptr i8, ptr %table, i64 %out_spec_at
  %out_dtype = load ptr, ptr %out_spec
  %p_out_ndim = getelementptr i64, ptr %out_spec, i64 1
  %out_ndim = load i32, ptr %p_out_ndim
  %out_shape = getelementptr i64, ptr %out_spec, i64 4
  %place_of = add i64 %inputs, %i
  %p_made = getelementptr ptr, ptr %frame, i64 %place_of
  %reused = call ptr @reuse(ptr %out_dtype, i32 %out_ndim, ptr %out_shape)
  store ptr %reused, ptr %p_made
  %none_kept = icmp eq ptr %reused, null
  br i1 %none_kept, label %by_whom, label %with_array
by_whom:
  %p_maker = getelementptr i64, ptr %p_spec, i64 3
  %maker = load ptr, ptr %p_maker
  %by_numpy = icmp eq ptr %maker, null
  br i1 %by_numpy, label %make, label %make_large
make_large:
  %large = call ptr @PyObject_CallNoArgs(ptr %maker)
  store ptr %large, ptr %p_made
  %no_large = icmp eq ptr %large, null
  br i1 %no_large, label %lost, label %allocated
with_array:
  %p_array_kept = getelementptr i8, ptr %reused, i64 $T_ARRAY
  %array_kept = load ptr, ptr %p_array_kept
  br label %allocated
make:
  call void @take(ptr %out_dtype)
  %made = call ptr @new_array(ptr @ARRAY, ptr %out_dtype, i32 %out_ndim, ptr %out_shape,
    ptr null, ptr null, i32 0, ptr null)
  store ptr %made, ptr %p_made
  %no_memory = icmp eq ptr %made, null
  br i1 %no_memory, label %lost, label %allocated, !prof !0
allocated:
  %array_out = phi ptr [ %made, %make ], [ %array_kept, %with_array ],
    [ %large, %make_large ]
  %p_new_data = getelementptr i8, ptr %array_out, i64 $ARRAY_DATA
  %new_data = load ptr, ptr %p_new_data
  %p_new_given = getelementptr ptr, ptr %block, i64 %place_of
  store ptr %new_data, ptr %p_new_given
  %i_next = add i64 %i, 1
  %p_spec_next = getelementptr i8, ptr %p_spec, i64 $STEP
  br label %allocate
run:
  %p_kernel = getelementptr i8, ptr %table, i64 $H_KERNEL
  %kernel = load ptr, ptr %p_kernel
  %p_long = getelementptr i8, ptr %table, i64 $H_IS_LONG
  %is_long = load i64, ptr %p_long
  %lets_go = icmp ne i64 %is_long, 0
  br i1 %lets_go, label %others, label %alone, !prof !0
alone:
  %status_1 = call i32 %kernel(ptr %block)
  br label %ran
others:
  %thread = call ptr @PyEval_SaveThread()
  %status_2 = call i32 %kernel(ptr %block)
  call void @PyEval_RestoreThread(ptr %thread)
  br label %ran
ran:
  %status = phi i32 [ %status_1, %alone ], [ %status_2, %others ]
  %failed = icmp ne i32 %status, 0
  br i1 %failed, label %miss, label %wrap, !prof !0
wrap:
  %j = phi i64 [ 0, %ran ], [ %j_next, %wrapped ]
  %is_last = icmp eq i64 %j, %outputs
  br i1 %is_last, label %give_result, label %wrap_one
wrap_one:
  %place_j = add i64 %inputs, %j
  %p_j = getelementptr ptr, ptr %frame, i64 %place_j
  %array_j = load ptr, ptr %p_j
  %p_kind_j = getelementptr i8, ptr %array_j, i64 8
  %kind_j = load ptr, ptr %p_kind_j
  %is_tensor = icmp eq ptr %kind_j, @TENSOR
  br i1 %is_tensor, label %known_again, label %new_one
known_again:
  call void @PyObject_GC_Track(ptr %array_j)
  br label %wrapped
new_one:
  %new_tensor = call ptr @PyType_GenericAlloc(ptr @TENSOR, i64 0)
  %no_tensor = icmp eq ptr %new_tensor, null
  br i1 %no_tensor, label %lost, label %set, !prof !0
set:
  store ptr %new_tensor, ptr %p_j
  %s_array = getelementptr i8, ptr %new_tensor, i64 $T_ARRAY
  store ptr %array_j, ptr %s_array
  %s_value = getelementptr i8, ptr %new_tensor, i64 $T_VALUE
  store ptr @NONE, ptr %s_value
  call void @take(ptr @NONE)
  %s_tracer = getelementptr i8, ptr %new_tensor, i64 $T_TRACER
  store ptr @NONE, ptr %s_tracer
  call void @take(ptr @NONE)
  %s_seen = getelementptr i8, ptr %new_tensor, i64 $T_SEEN
  store ptr @NONE, ptr %s_seen
  call void @take(ptr @NONE)
  %s_lazily = getelementptr i8, ptr %new_tensor, i64 $T_LAZILY
  store ptr @NONE, ptr %s_lazily
  call void @take(ptr @NONE)
  %s_outside = getelementptr i8, ptr %new_tensor, i64 $T_OUTSIDE
  store ptr @FALSE, ptr %s_outside
  call void @take(ptr @FALSE)
  br label %wrapped
wrapped:
  %j_next = add i64 %j, 1
  br label %wrap
give_result:
  %p_counter = getelementptr i8, ptr %table, i64 $H_COUNTER
  %counter = load ptr, ptr %p_counter
  %calls = load i64, ptr %counter
  %more_calls = add i64 %calls, 1
  store i64 %more_calls, ptr %counter
  %p_lone = getelementptr ptr, ptr %frame, i64 %inputs
  %is_lone = icmp eq i64 %outputs, 1
  br i1 %is_lone, label %give_lone, label %give_several
give_lone:
  %lone = load ptr, ptr %p_lone
  store ptr null, ptr %p_lone
  br label %leave
give_several:
  %results = call ptr @PyTuple_New(i64 %outputs)
  %no_results = icmp eq ptr %results, null
  br i1 %no_results, label %lost, label %put
put:
  %m = phi i64 [ 0, %give_several ], [ %m_next, %put ]
  %p_result = getelementptr ptr, ptr %p_lone, i64 %m
  %result_m = load ptr, ptr %p_result
  store ptr null, ptr %p_result
  %p_given = getelementptr i8, ptr %results, i64 $TUPLE_ITEMS
  %p_given_m = getelementptr ptr, ptr %p_given, i64 %m
  store ptr %result_m, ptr %p_given_m
  %m_next = add i64 %m, 1
  %is_put = icmp eq i64 %m_next, %outputs
  br i1 %is_put, label %leave, label %put

lost:
  %error = call ptr @PyErr_Occurred()
  %no_error = icmp eq ptr %error, null
  br i1 %no_error, label %miss, label %which
which:
  %expected = call i32 @PyErr_ExceptionMatches(ptr @LOST)
  %is_expected = icmp ne i32 %expected, 0
  br i1 %is_expected, label %clear, label %leave
clear:
  call void @PyErr_Clear()
  br label %miss
miss:
  br label %leave
leave:
  %result = phi ptr [ %lone, %give_lone ], [ %results, %put ], [ null, %which ], [ @MISS, %miss ]
  br label %release
release:
  %r = phi i64 [ 0, %leave ], [ %r_next, %released ]
  %is_over_now = icmp eq i64 %r, %registers
  br i1 %is_over_now, label %return, label %release_one
release_one:
  %p_r = getelementptr ptr, ptr %frame, i64 %r
  %kept = load ptr, ptr %p_r
  %is_empty = icmp eq ptr %kept, null
  br i1 %is_empty, label %released, label %drop
drop:
  call void @give(ptr %kept)
  br label %released
released:
  %r_next = add i64 %r, 1
  br label %release
return:
  ret ptr %result
}
"""
