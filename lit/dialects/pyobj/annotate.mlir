// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.annotate "x", %int
%int = pyobj.load "int"
pyobj.annotate "x", %int
