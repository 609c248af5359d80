// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %between = pyobj.chain %a "<", "<=" {
// CHECK-NEXT: pyobj.give %b
// CHECK-NEXT: }, {
// CHECK-NEXT: pyobj.give %c
// CHECK-NEXT: }
%a = pyobj.load "a"
%b = pyobj.load "b"
%c = pyobj.load "c"
%between = pyobj.chain %a "<", "<=" {
  pyobj.give %b
}, {
  pyobj.give %c
}

// -----

// CHECK: error: {{.*}}a chain needs one operator for each region
%x = pyobj.load "x"
%y = pyobj.chain %x "<", "<" {
  pyobj.give %x
}
