// RUN: foldaway-opt %s | filecheck %s

// CHECK: pyobj.import "os.path" as "path"
pyobj.import "os.path" as "path"
