// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: error: 'func.return' does not verify: Expected arguments to have the same types
func.func @f(%a: i32) -> i64 {
  func.return %a : i32
}
