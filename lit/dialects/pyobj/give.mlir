// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.give %x
%x = pyobj.load "x"
pyobj.give %x
