// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.if %condition {
// CHECK-NEXT: pyobj.return %x
// CHECK-NEXT: } else {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: }
%condition = pyobj.load "condition"
%x = pyobj.load "x"
pyobj.if %condition {
  pyobj.return %x
} else {
  pyobj.pass
}
