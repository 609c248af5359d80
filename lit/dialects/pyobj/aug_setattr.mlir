// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.aug_setattr %owner, "count" "+" {
// CHECK-NEXT: pyobj.give %value
// CHECK-NEXT: }
%owner = pyobj.load "owner"
%value = pyobj.load "value"
pyobj.aug_setattr %owner, "count" "+" {
  pyobj.give %value
}

// -----

// CHECK: error: {{.*}}Python has no '=' here
%x = pyobj.load "x"
pyobj.aug_setattr %x, "a" "=" {
  pyobj.give %x
}
