// RUN: foldaway-opt %s | filecheck %s

// CHECK: %key = pyobj.slice %start : %stop : %step
%start = pyobj.load "start"
%stop = pyobj.load "stop"
%step = pyobj.load "step"
%key = pyobj.slice %start : %stop : %step
