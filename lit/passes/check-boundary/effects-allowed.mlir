// RUN: foldaway-opt -p check-boundary %s | filecheck %s

// CHECK: pyobj.setattr
// CHECK: pyobj.setitem
// CHECK: pyobj.getattr %items, "append"
// CHECK: pyobj.delitem
// CHECK: pyobj.delattr
func.func @effects(%x : tensor<3xf32>, %owner : !pyobj.object, %items : !pyobj.object) -> !pyobj.object {
  %n = pyobj.constant 1
  pyobj.setattr %n, %owner, "count"
  pyobj.setitem %x, %items[%n]
  %append = pyobj.getattr %items, "append"
  %none = pyobj.call %append(%x)
  pyobj.delitem %items[%n]
  pyobj.delattr %owner, "old"
  pyobj.return %n
}
