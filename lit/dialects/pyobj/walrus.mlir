// RUN: foldaway-opt %s | filecheck %s

// CHECK: %y = pyobj.walrus "x", %value
%value = pyobj.load "value"
%y = pyobj.walrus "x", %value
