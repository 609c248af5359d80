# RUN: foldaway-opt %s --function Circle.area | filecheck %s


# CHECK: builtin.module {
# CHECK-NEXT: pyobj.def "area"("self") {
# CHECK-NEXT: pyobj.load "self"
# CHECK-NEXT: pyobj.getattr %0, "_Circle__r"
class Circle:
    def area(self):
        return self.__r

    def other(self):
        return 1
