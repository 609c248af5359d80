// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %list = pyobj.list [%a, *%rest]
%a = pyobj.load "a"
%rest = pyobj.load "rest"
%list = pyobj.list [%a, *%rest]

// -----

// CHECK: error: {{.*}}each item is plain ('') or spread ('*')
%x = pyobj.load "x"
%y = pyobj.list [**%x]
