// RUN: foldaway-opt %s | filecheck %s

// CHECK: %both = pyobj.and %a {
// CHECK-NEXT: pyobj.give %b
// CHECK-NEXT: }
%a = pyobj.load "a"
%b = pyobj.load "b"
%both = pyobj.and %a {
  pyobj.give %b
}
