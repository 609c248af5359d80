// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.raise %exception, %cause
%exception = pyobj.load "exception"
%cause = pyobj.load "cause"
pyobj.raise %exception, %cause

// -----

// CHECK: error: {{.*}}raise takes an exception and a cause
%x = pyobj.load "x"
pyobj.raise %x, %x, %x
