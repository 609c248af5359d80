// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.while {
// CHECK-NEXT: pyobj.give %x
// CHECK-NEXT: } do {
// CHECK-NEXT: pyobj.break
// CHECK-NEXT: }
%x = pyobj.load "x"
pyobj.while {
  pyobj.give %x
} do {
  pyobj.break
}
