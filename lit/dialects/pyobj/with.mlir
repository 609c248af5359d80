// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.with %manager as %entered {
// CHECK-NEXT: pyobj.store "file", %entered
// CHECK-NEXT: }
%manager = pyobj.load "manager"
pyobj.with %manager as %entered {
  pyobj.store "file", %entered
}

// -----

// CHECK: error: {{.*}}the body of a with takes what its manager enters
%x = pyobj.load "x"
"pyobj.with"(%x) ({
^bb0:
}) : (!pyobj.object) -> ()
