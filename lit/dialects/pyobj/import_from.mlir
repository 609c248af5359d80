// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.import_from 0 "os.path" import "join", "sep" as "join", "separator"
pyobj.import_from 0 "os.path" import "join", "sep" as "join", "separator"

// -----

// CHECK: error: {{.*}}each imported name needs a variable
pyobj.import_from 0 "m" import "a", "b" as "a"
