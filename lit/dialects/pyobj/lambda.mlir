// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %f = pyobj.lambda ("x", "y" = %one) {
// CHECK-NEXT: pyobj.give %z
// CHECK-NEXT: }
%one = pyobj.load "one"
%z = pyobj.load "z"
%f = pyobj.lambda ("x", "y" = %one) {
  pyobj.give %z
}

// -----

// CHECK: error: {{.*}}a lambda needs an operand for each default
%f = "pyobj.lambda"() <{parameters = #pyobj.parameters<"x" =>}> ({
^bb0:
}) : () -> !pyobj.object
