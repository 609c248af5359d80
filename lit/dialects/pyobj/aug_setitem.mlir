// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.aug_setitem %owner[%key] "+" {
// CHECK-NEXT: pyobj.give %value
// CHECK-NEXT: }
%owner = pyobj.load "owner"
%key = pyobj.load "key"
%value = pyobj.load "value"
pyobj.aug_setitem %owner[%key] "+" {
  pyobj.give %value
}

// -----

// CHECK: error: {{.*}}Python has no 'not' here
%x = pyobj.load "x"
pyobj.aug_setitem %x[%x] "not" {
  pyobj.give %x
}
