"""The process that turns LLVM IR into PTX; run as a script, it needs llvmlite alone.

It reads tasks from its input and answers on its output: lines of JSON, so that a mistake of LLVM
that ends the process ends nothing else.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    """Answer until the input ends."""
    import llvmlite.binding as untyped  # pyright: ignore[reportMissingTypeStubs]

    llvm: Any = untyped
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        task = json.loads(line)
        try:
            answer = {"ptx": _ptx(llvm, task["text"], task["arch"])}
        except RuntimeError as error:
            answer = {"error": str(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _ptx(llvm: Any, text: str, arch: str) -> str:
    module = llvm.parse_assembly(text)
    module.verify()
    # One that has emitted code before may fail an assertion.
    target = llvm.Target.from_triple("nvptx64-nvidia-cuda")
    machine = target.create_target_machine(cpu=arch, opt=3)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.slp_vectorization = True
    options.loop_vectorization = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return machine.emit_assembly(module)


if __name__ == "__main__":
    main()
