# RUN: foldaway-opt %s --function C.f | filecheck %s


# CHECK: pyobj.def "f"("self", "_C__a") {
# CHECK-NEXT: %0 = pyobj.load "self"
# CHECK-NEXT: %1 = pyobj.getattr %0, "_C__b"
# CHECK-NEXT: %2 = pyobj.load "self"
# CHECK-NEXT: %3 = pyobj.getattr %2, "__c__"
# CHECK-NEXT: %4 = pyobj.load "_C__a"
# CHECK-NEXT: %5 = pyobj.tuple (%1, %3, %4)
# CHECK-NEXT: pyobj.return %5
class C:
    def f(self, __a):
        return self.__b, self.__c__, __a
