// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK: ^{{.*}}([[X:%.*]]: i8, [[Y:%.*]]: i8, {{.*}}):
// CHECK: [[NONE:%.*]] = arith.cmpi eq, [[Y]], [[ZERO:%.*]] : i8
// CHECK-NEXT: [[BY:%.*]] = arith.select [[NONE]], {{%.*}}, [[Y]] : i8
// CHECK-NEXT: [[Q:%.*]] = arith.divui [[X]], [[BY]] : i8
// CHECK-NEXT: arith.select [[NONE]], [[ZERO]], [[Q]] : i8
func.func @f(%x: tensor<3xui8>, %y: tensor<3xui8>) -> tensor<3xui8> {
  %z = graph.floordiv %x, %y : tensor<3xui8>
  func.return %z : tensor<3xui8>
}
