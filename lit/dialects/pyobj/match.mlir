// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.match %subject case "[x, y]" if {
// CHECK-NEXT: pyobj.give %x
// CHECK-NEXT: } {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: } case "_" {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: }
%subject = pyobj.load "subject"
%x = pyobj.load "x"
pyobj.match %subject case "[x, y]" if {
  pyobj.give %x
} {
  pyobj.pass
} case "_" {
  pyobj.pass
}
