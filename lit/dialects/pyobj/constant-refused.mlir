// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: error: {{.*}}a live Python object can't be read back from IR text
%x = pyobj.constant #pyobj.object<"<module>">
