// RUN: not foldaway-opt %s 2>&1 | filecheck %s

// CHECK: error: {{.*}}'a b' is no pattern: {{.*}}
%x = pyobj.load "x"
pyobj.match %x case "a b" {
}
