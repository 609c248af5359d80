// RUN: not foldaway-opt -t llvm %s 2>&1 | filecheck %s

// CHECK: error: there is no code for 'scf.while'; run place-buffers before
func.func @f(%c: memref<i1>, %y: memref<f64>) {
  %b = memref.load %c[] : memref<i1>
  %r = scf.while (%a = %b) : (i1) -> i1 {
    scf.condition(%a) %a : i1
  } do {
  ^bb0(%a: i1):
    scf.yield %a : i1
  }
  func.return
}
