// RUN: foldaway-opt %s | filecheck %s

// CHECK: %array = pyobj.global "numpy", "array"
%array = pyobj.global "numpy", "array"
