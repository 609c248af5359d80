// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.delete "x"
pyobj.delete "x"
