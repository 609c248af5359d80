// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %list = pyobj.comprehension "list" %iterable target %item {
// CHECK-NEXT: pyobj.store "x", %item
// CHECK-NEXT: } element {
// CHECK-NEXT: pyobj.give %y
// CHECK-NEXT: }
%iterable = pyobj.load "iterable"
%y = pyobj.load "y"
%list = pyobj.comprehension "list" %iterable target %item {
  pyobj.store "x", %item
} element {
  pyobj.give %y
}

// -----

// CHECK: error: {{.*}}Python has no 'tuple' here
%x = pyobj.load "x"
%y = pyobj.comprehension "tuple" %x target %i {
  pyobj.pass
} element {
  pyobj.give %x
}
