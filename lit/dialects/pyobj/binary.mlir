// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %sum = pyobj.binary "+" %a, %b
%a = pyobj.load "a"
%b = pyobj.load "b"
%sum = pyobj.binary "+" %a, %b

// -----

// CHECK: error: {{.*}}Python has no 'and' here
%x = pyobj.load "x"
%y = pyobj.binary "and" %x, %x
