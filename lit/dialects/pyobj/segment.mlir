// RUN: foldaway-opt %s | filecheck %s

// CHECK: %segment = pyobj.segment @segment0
%segment = pyobj.segment @segment0
