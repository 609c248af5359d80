// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %y = pyobj.unary "-" %x
%x = pyobj.load "x"
%y = pyobj.unary "-" %x

// -----

// CHECK: error: {{.*}}Python has no '!' here
%x = pyobj.load "x"
%y = pyobj.unary "!" %x
