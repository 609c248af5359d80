// RUN: foldaway-opt --allow-python -p 'fold-pyobj{style="elements"}' %s | filecheck %s

// CHECK: graph.print "stdout" "elements" ["x: ", "\0A"] %{{.*}} : tensor<3xf32>
func.func @show(%x : tensor<3xf32>) -> !pyobj.object {
  %print = pyobj.load "print"
  %text = pyobj.constant "x:"
  %none = pyobj.call %print(%text, %x)
  pyobj.return %none
}
