// RUN: foldaway-opt %s | filecheck %s

// CHECK: %numpy = pyobj.import_module "numpy"
%numpy = pyobj.import_module "numpy"
