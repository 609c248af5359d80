// RUN: not foldaway-opt --allow-python -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: an int beyond 64 bits meets a number that exists only at run time
// CHECK: hint: compute with floats, or do this outside the compiled function
func.func @far(%x : tensor<i64>) -> !pyobj.object {
  %int = pyobj.load "int"
  %n = pyobj.call %int(%x)
  %long = pyobj.constant 1180591620717411303424
  %y = pyobj.binary "+" %n, %long
  pyobj.return %y
}
