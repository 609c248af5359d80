// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.for %item in %iterable {
// CHECK-NEXT: pyobj.store "x", %item
// CHECK-NEXT: } else {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: }
%iterable = pyobj.load "iterable"
pyobj.for %item in %iterable {
  pyobj.store "x", %item
} else {
  pyobj.pass
}

// -----

// CHECK: error: {{.*}}the body of a for takes one item
%x = pyobj.load "x"
"pyobj.for"(%x) ({
^bb0:
}, {
^bb1:
}) : (!pyobj.object) -> ()
