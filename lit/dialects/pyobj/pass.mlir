// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.pass
pyobj.pass
