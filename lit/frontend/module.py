"What the file is for."
# RUN: foldaway-opt %s | filecheck %s

# CHECK: builtin.module attributes {pyobj.doc = #pyobj.literal<"What the file is for.">} {
# CHECK-NEXT: %0 = pyobj.constant 1
# CHECK-NEXT: pyobj.store "x", %0
# CHECK-NEXT: pyobj.def "f"() {
# CHECK-NEXT: %1 = pyobj.load "x"
# CHECK-NEXT: pyobj.return %1
x = 1


def f():
    return x
