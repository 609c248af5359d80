// RUN: not foldaway-opt --allow-python -p fold-pyobj %s 2>&1 | filecheck %s

// CHECK: whether 'ZeroDivisionError: float division by zero' is raised inside a try or with
// CHECK: hint: move it out of the try or with
func.func @inverse(%x : tensor<f64>) -> !pyobj.object {
  pyobj.try {
    %float = pyobj.load "float"
    %n = pyobj.call %float(%x)
    %one = pyobj.constant 1
    %y = pyobj.binary "/" %one, %n
    pyobj.return %y
  } except {
    pyobj.pass
  }
  pyobj.return
}
