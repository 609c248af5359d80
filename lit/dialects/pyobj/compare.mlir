// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %less = pyobj.compare "<" %a, %b
%a = pyobj.load "a"
%b = pyobj.load "b"
%less = pyobj.compare "<" %a, %b

// -----

// CHECK: error: {{.*}}Python has no '===' here
%x = pyobj.load "x"
%y = pyobj.compare "===" %x, %x
