// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.setitem %value, %owner[%key]
%value = pyobj.load "value"
%owner = pyobj.load "owner"
%key = pyobj.load "key"
pyobj.setitem %value, %owner[%key]
