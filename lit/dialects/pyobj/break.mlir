// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.break
pyobj.break
