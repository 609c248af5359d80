// RUN: not foldaway-opt --allow-python -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: this operation needs an int that exists only at run time
// CHECK: hint: compute with it, or do this outside the compiled function
func.func @pick(%x : tensor<i64>) -> !pyobj.object {
  %int = pyobj.load "int"
  %n = pyobj.call %int(%x)
  %items = pyobj.constant (1, 2)
  %y = pyobj.getitem %items[%n]
  pyobj.return %y
}
