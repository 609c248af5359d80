// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.return %x
%x = pyobj.load "x"
pyobj.return %x
