// RUN: foldaway-opt %s -t python | filecheck %s

// CHECK: def f(x):
// CHECK-NEXT: _t1, _t2 = f_segment0(x)
// CHECK-NEXT: _runtime_print(_t2)
// CHECK-NEXT: del _t2
// CHECK-NEXT: log = [_t1]
// CHECK-NEXT: del _t1
// CHECK-NEXT: return log
func.func @f(%x: tensor<3xf32>) -> !pyobj.object {
  %segment = pyobj.segment @f_segment0
  %both = pyobj.call %segment(%x)
  %a, %b = pyobj.unpack %both into 2
  %print = pyobj.runtime "print"
  %none = pyobj.call %print(%b)
  %list = pyobj.list [%a]
  pyobj.store "log", %list
  %log = pyobj.load "log"
  pyobj.return %log
}
