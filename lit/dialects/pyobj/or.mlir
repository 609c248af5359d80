// RUN: foldaway-opt %s | filecheck %s

// CHECK: %either = pyobj.or %a {
// CHECK-NEXT: pyobj.give %b
// CHECK-NEXT: }
%a = pyobj.load "a"
%b = pyobj.load "b"
%either = pyobj.or %a {
  pyobj.give %b
}
