// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: broken-text.mlir:6:{{[0-9]+}}: error: {{.+}}
// CHECK-NOT: Traceback
func.func @f() {
  %a = arith.constant : :
  func.return
}
