// RUN: not foldaway-opt --allow-python -p 'fold-pyobj{fallback=false}' %s 2>&1 | filecheck %s

// CHECK: Meet a exception from Python when get the type of '<built-in function sqrt>'
// CHECK: Not support for this object with type '<class 'builtin_function_or_method'>' and value
func.func @root() -> !pyobj.object {
  %sqrt = pyobj.global "math", "sqrt"
  %x = pyobj.constant 2.0
  %y = pyobj.call %sqrt(%x)
  pyobj.return %y
}
