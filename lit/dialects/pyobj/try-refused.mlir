// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: error: {{.*}}each except needs a name, a type and a handler
"pyobj.try"() <{names = #pyobj.names<"e">}> ({
^bb0:
}, {
^bb1:
}, {
^bb2:
}) : () -> ()
