// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.delitem %owner[%key]
%owner = pyobj.load "owner"
%key = pyobj.load "key"
pyobj.delitem %owner[%key]
