// RUN: foldaway-opt %s | filecheck %s

// CHECK: %shape = pyobj.getattr %x, "shape"
%x = pyobj.load "x"
%shape = pyobj.getattr %x, "shape"
