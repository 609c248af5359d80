// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %y = pyobj.call %f(%x, *%xs, key = %value, **%options)
%f = pyobj.load "f"
%x = pyobj.load "x"
%xs = pyobj.load "xs"
%value = pyobj.load "value"
%options = pyobj.load "options"
%y = pyobj.call %f(%x, *%xs, key = %value, **%options)

// -----

// CHECK: error: {{.*}}a call needs one mark for each argument
%x = pyobj.load "x"
%y = "pyobj.call"(%x, %x) <{layout = #pyobj.names<>}> : (!pyobj.object, !pyobj.object) -> !pyobj.object
