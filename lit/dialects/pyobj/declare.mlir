// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.declare "global" "x", "y"
pyobj.declare "global" "x", "y"

// -----

// CHECK: error: {{.*}}Python has no 'static' here
pyobj.declare "static" "x"
