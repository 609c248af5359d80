// RUN: not foldaway-opt %s -p no-such-pass 2>&1 | filecheck %s

// CHECK: error: Unrecognized passes: ['no-such-pass'], in -p 'no-such-pass'
// CHECK-NOT: Traceback
