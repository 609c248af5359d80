// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %text = pyobj.format %value "r" : %spec
%value = pyobj.load "value"
%spec = pyobj.load "spec"
%text = pyobj.format %value "r" : %spec

// -----

// CHECK: error: {{.*}}Python has no 'x' here
%x = pyobj.load "x"
%y = pyobj.format %x "x"
