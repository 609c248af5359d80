# RUN: python %s | filecheck %s

# CHECK: pyobj.store "x", %x
# CHECK: pyobj.lambda () {
# CHECK-NEXT: pyobj.load "x"
from foldaway.dialects.dtypes import TensorSpec, float32, tensor_type
from foldaway.frontend.lower_function import specialize_function

f = lambda x: (lambda: x)()  # noqa: E731
print(specialize_function(f, [tensor_type(TensorSpec((3,), float32))]))
