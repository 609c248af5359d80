// RUN: foldaway-opt -t llvm %s | filecheck %s

// CHECK: @numbers = private unnamed_addr constant [4 x i8] c"\01\00\FF\FF", align 64
"memref.global"() <{
  sym_name = "numbers", sym_visibility = "private", constant, type = memref<2xi16>,
  initial_value = dense<[1, -1]> : tensor<2xi16>
}> : () -> ()
