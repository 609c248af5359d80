// RUN: foldaway-opt %s | filecheck %s

// CHECK: %sent = pyobj.yield %value
%value = pyobj.load "value"
%sent = pyobj.yield %value
