// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %a, %b = pyobj.unpack %value into 2 star 1
%value = pyobj.load "value"
%a, %b = pyobj.unpack %value into 2 star 1

// -----

// CHECK: error: {{.*}}there is no item 5 to be starred
%x = pyobj.load "x"
%y = pyobj.unpack %x into 1 star 5
