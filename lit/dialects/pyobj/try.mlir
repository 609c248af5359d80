// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.try {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: } except "error" of {
// CHECK-NEXT: pyobj.give %type
// CHECK-NEXT: } {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: } else {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: } finally {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: }
%type = pyobj.load "type"
pyobj.try {
  pyobj.pass
} except "error" of {
  pyobj.give %type
} {
  pyobj.pass
} else {
  pyobj.pass
} finally {
  pyobj.pass
}
