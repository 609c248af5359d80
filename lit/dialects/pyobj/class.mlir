// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.class "C"(%base, metaclass = %meta) decorators(%frozen) {
// CHECK-NEXT: pyobj.pass
// CHECK-NEXT: }
%base = pyobj.load "base"
%meta = pyobj.load "meta"
%frozen = pyobj.load "frozen"
pyobj.class "C"(%base, metaclass = %meta) decorators(%frozen) {
  pyobj.pass
}

// -----

// CHECK: error: {{.*}}a class needs an operand for each base
"pyobj.class"() <{class_name = "C", variable = "C", layout = #pyobj.names<"">}> ({
^bb0:
}) : () -> ()
