// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.continue
pyobj.continue
