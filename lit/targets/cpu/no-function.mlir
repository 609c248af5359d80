// RUN: not foldaway-opt -t cpu %s 2>&1 | filecheck %s

// CHECK: error: the module has no function to run
builtin.module {
}
