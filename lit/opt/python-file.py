# RUN: foldaway-opt %s | filecheck %s

# CHECK: pyobj.import "math"
# CHECK-NEXT: pyobj.def "area"("r") {
# CHECK: pyobj.load "math"
import math


def area(r):
    return math.pi * r**2
