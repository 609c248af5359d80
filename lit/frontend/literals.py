# RUN: foldaway-opt %s --function f | filecheck %s


# CHECK: pyobj.def "f"() {
# CHECK-NEXT: %0 = pyobj.constant 1
# CHECK-NEXT: %1 = pyobj.constant 2.5
# CHECK-NEXT: %2 = pyobj.unary "-" %1
# CHECK-NEXT: %3 = pyobj.constant inf
# CHECK-NEXT: %4 = pyobj.constant complex(0.0, 2.0)
# CHECK-NEXT: %5 = pyobj.constant "text"
# CHECK-NEXT: %6 = pyobj.constant b"bytes"
# CHECK-NEXT: %7 = pyobj.constant ...
# CHECK-NEXT: %8 = pyobj.constant None
# CHECK-NEXT: %9 = pyobj.tuple (%0, %2, %3, %4, %5, %6, %7, %8)
# CHECK-NEXT: pyobj.return %9
def f():
    return 1, -2.5, 1e400, 2j, "text", b"bytes", ..., None
