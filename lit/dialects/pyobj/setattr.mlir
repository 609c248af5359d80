// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.setattr %value, %owner, "weight"
%value = pyobj.load "value"
%owner = pyobj.load "owner"
pyobj.setattr %value, %owner, "weight"
