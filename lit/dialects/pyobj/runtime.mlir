// RUN: foldaway-opt %s | filecheck %s

// CHECK: %print = pyobj.runtime "print"
%print = pyobj.runtime "print"
