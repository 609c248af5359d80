// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.aug_store "x" "+" {
// CHECK-NEXT: pyobj.give %value
// CHECK-NEXT: }
%value = pyobj.load "value"
pyobj.aug_store "x" "+" {
  pyobj.give %value
}

// -----

// CHECK: error: {{.*}}Python has no '<' here
%x = pyobj.load "x"
pyobj.aug_store "x" "<" {
  pyobj.give %x
}
