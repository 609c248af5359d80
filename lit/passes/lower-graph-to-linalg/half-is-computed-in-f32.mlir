// RUN: foldaway-opt %s -p lower-graph-to-linalg | filecheck %s

// CHECK-LABEL: @f
// CHECK-NEXT: [[X:%.*]] = arith.extf %x : tensor<3xbf16> to tensor<3xf32>
// CHECK-NEXT: [[Y:%.*]] = math.tanh [[X]] : tensor<3xf32>
// CHECK-NEXT: %y = arith.truncf [[Y]] : tensor<3xf32> to tensor<3xbf16>
func.func @f(%x: tensor<3xbf16>) -> tensor<3xbf16> {
  %y = graph.tanh %x : tensor<3xbf16>
  func.return %y : tensor<3xbf16>
}
