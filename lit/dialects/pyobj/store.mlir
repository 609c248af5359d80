// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.store "x", %value
%value = pyobj.load "value"
pyobj.store "x", %value
