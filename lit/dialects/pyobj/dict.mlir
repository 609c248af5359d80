// RUN: foldaway-opt %s --split-input-file --verify-diagnostics | filecheck %s

// CHECK: %dict = pyobj.dict {%key : %value, **%more}
%key = pyobj.load "key"
%value = pyobj.load "value"
%more = pyobj.load "more"
%dict = pyobj.dict {%key : %value, **%more}

// -----

// CHECK: error: {{.*}}a dict's operands are pairs (':') and mappings ('**')
%x = pyobj.load "x"
%y = pyobj.dict {%x, *%x}
