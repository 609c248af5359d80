// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %set = pyobj.set {%a, *%rest}
%a = pyobj.load "a"
%rest = pyobj.load "rest"
%set = pyobj.set {%a, *%rest}

// -----

// CHECK: error: {{.*}}each item is plain ('') or spread ('*')
%x = pyobj.load "x"
%y = pyobj.set {key = %x}
