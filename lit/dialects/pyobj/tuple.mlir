// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %pair = pyobj.tuple (%a, *%rest)
%a = pyobj.load "a"
%rest = pyobj.load "rest"
%pair = pyobj.tuple (%a, *%rest)

// -----

// CHECK: error: {{.*}}each item is plain ('') or spread ('*')
%x = pyobj.load "x"
%y = "pyobj.tuple"(%x) <{layout = #pyobj.names<"**">}> : (!pyobj.object) -> !pyobj.object
