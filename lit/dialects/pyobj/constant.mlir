// RUN: foldaway-opt %s | filecheck %s

// CHECK: %one = pyobj.constant 1
// CHECK-NEXT: %pair = pyobj.constant (1.5, "text")
%one = pyobj.constant 1
%pair = pyobj.constant (1.5, "text")
