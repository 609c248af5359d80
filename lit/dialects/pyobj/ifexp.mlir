// RUN: foldaway-opt %s | filecheck %s

// CHECK: %x = pyobj.ifexp %condition {
// CHECK-NEXT: pyobj.give %a
// CHECK-NEXT: } else {
// CHECK-NEXT: pyobj.give %b
// CHECK-NEXT: }
%condition = pyobj.load "condition"
%a = pyobj.load "a"
%b = pyobj.load "b"
%x = pyobj.ifexp %condition {
  pyobj.give %a
} else {
  pyobj.give %b
}
