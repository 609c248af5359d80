// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.delattr %owner, "weight"
%owner = pyobj.load "owner"
pyobj.delattr %owner, "weight"
