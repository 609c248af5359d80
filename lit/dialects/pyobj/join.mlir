// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %text = pyobj.join (%a, %b)
%a = pyobj.load "a"
%b = pyobj.load "b"
%text = pyobj.join (%a, %b)

// -----

// CHECK: error: {{.*}}an f-string joins plain operands
%x = pyobj.load "x"
%y = pyobj.join (*%x)
