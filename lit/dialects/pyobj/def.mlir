// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: pyobj.def "f"("x" : %int, "y" = %one, *"rest") -> %float decorators(%cached) doc "adds" {
// CHECK-NEXT: pyobj.return %z
// CHECK-NEXT: }
%int = pyobj.load "int"
%one = pyobj.load "one"
%float = pyobj.load "float"
%cached = pyobj.load "cached"
%z = pyobj.load "z"
pyobj.def "f"("x" : %int, "y" = %one, *"rest") -> %float decorators(%cached) doc "adds" {
  pyobj.return %z
}

// -----

// CHECK: error: {{.*}}a def needs an operand for each default and each annotation
"pyobj.def"() <{function = "f", variable = "f", parameters = #pyobj.parameters<"x" =>, annotated = #pyobj.names<>}> ({
^bb0:
}) : () -> ()
