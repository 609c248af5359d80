// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.assert %condition else {
// CHECK-NEXT: pyobj.give %text
// CHECK-NEXT: }
%condition = pyobj.load "condition"
%text = pyobj.load "text"
pyobj.assert %condition else {
  pyobj.give %text
}
