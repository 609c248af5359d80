// RUN: foldaway-opt %s | filecheck %s

// CHECK: %y = pyobj.getitem %x[%key]
%x = pyobj.load "x"
%key = pyobj.load "key"
%y = pyobj.getitem %x[%key]
