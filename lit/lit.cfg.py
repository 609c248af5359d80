import os
import sys

import lit.formats

config.name = "foldaway"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".py"]
config.excludes = ["conftest.py", "lit.cfg.py", "__pycache__"]
# Our own environment first, so that lit need not be started from an activated one.
config.environment["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
