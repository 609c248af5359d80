// RUN: foldaway-opt %s | filecheck %s

// CHECK: %x = pyobj.load "x"
%x = pyobj.load "x"
