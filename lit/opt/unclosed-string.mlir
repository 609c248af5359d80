// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: unclosed-string.mlir:6:{{[0-9]+}}: error: this string is not closed, or has an unknown escape
func.func @f() {
  // A quote in a comment " is none.
  "a string that goes on and on and on and on and on and on and on and on
  func.return
}
