// RUN: foldaway-opt %s | filecheck %s

// CHECK: %returned = pyobj.yield_from %iterable
%iterable = pyobj.load "iterable"
%returned = pyobj.yield_from %iterable
