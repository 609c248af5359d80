// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: live-object.mlir:6:{{[0-9]+}}: error: {{.+}}
// CHECK-NOT: Traceback
func.func @f() -> !pyobj.object {
  %o = pyobj.constant #pyobj.object<"<object object at 0x7f>">
  pyobj.return %o
}
