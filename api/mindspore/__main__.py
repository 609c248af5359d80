"""`python -m foldaway.mindspore script.py`: run a MindSpore script on Foldaway."""

import sys

from .runner import run

run(sys.argv[1:])
