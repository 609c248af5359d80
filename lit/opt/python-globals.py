# RUN: foldaway-opt %s --function f --args 'tensor<3xf32>' | filecheck %s

import os.path
from math import tau

import numpy as np

TABLE = [1, 2]


# CHECK: pyobj.import_module "numpy"
# CHECK: pyobj.import_module "os"
# CHECK: pyobj.global "math", "tau"
# CHECK: pyobj.global "python-globals", "TABLE"
# CHECK: pyobj.load "len"
# CHECK: pyobj.load "local"
def f(x):
    local = np, os, tau, TABLE, len
    return local
