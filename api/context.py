"""Settings of the process, by MindSpore's names.

Those that say how a function is compiled and where it runs have an effect; MindSpore's others are
kept and can be read back, so that its programs run unchanged.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.set_context.html>.
"""

from __future__ import annotations

import os

from foldaway.runtime.locks import ForkSafeLock
from foldaway.runtime.tracing import before_effect

from .machines import MACHINES

GRAPH_MODE = 0
PYNATIVE_MODE = 1
STRICT = 0
COMPATIBLE = 1
LAX = 2

_DEFAULTS: dict[str, object] = {
    "aoe_config": {},
    "aoe_tune_mode": "",
    "ascend_config": {},
    "auto_tune_mode": "NO_TUNE",
    "check_bprop": False,
    "compile_cache_path": "",
    "debug_level": 0,
    "deterministic": "OFF",
    "device_id": 0,
    "device_target": "CPU",
    "disable_format_transform": False,
    "enable_auto_mixed_precision": False,
    "enable_compile_cache": False,
    "enable_dump": False,
    "enable_graph_kernel": False,
    "enable_profiling": False,
    "enable_reduce_precision": True,
    "enable_sparse": False,
    "env_config_path": "",
    "exec_order": "bfs",
    "gpu_config": {},
    "grad_for_scalar": False,
    "graph_kernel_flags": "",
    "inter_op_parallel_num": 0,
    "jit_config": {},
    "jit_enable_inplace_ops": True,
    "jit_level": "",
    "jit_syntax_level": None,
    "load_compile_cache": False,
    "max_call_depth": 1000,
    "max_device_memory": "",
    "memory_offload": "OFF",
    "memory_optimize_level": "O0",
    "mempool_block_size": "1GB",
    "mode": GRAPH_MODE,
    "op_timeout": 900,
    "precision_mode": "",
    "precompile_only": False,
    "print_file_path": "",
    "pynative_synchronize": False,
    "reserve_class_name_in_scope": True,
    "runtime_num_threads": 30,
    "save_compile_cache": False,
    "save_dump_path": "",
    "save_graphs": False,
    "save_graphs_path": ".",
    "support_binary": False,
    "variable_memory_max_size": "",
}
_CHOICES: dict[str, tuple[object, ...]] = {
    "mode": (GRAPH_MODE, PYNATIVE_MODE),
    "device_target": ("CPU", "GPU", "Ascend", "Davinci"),  # and the machines there are
    "jit_syntax_level": (None, STRICT, COMPATIBLE, LAX),
}

_VARIABLE = "FOLDAWAY_DEVICE_TARGET"


def _defaults() -> dict[str, object]:
    """Return the defaults; the environment may name another machine."""
    target = os.environ.get(_VARIABLE, "CPU")
    if target not in MACHINES:
        raise ValueError(f"{_VARIABLE} is {target!r}; there are {', '.join(MACHINES)}")
    return {**_DEFAULTS, "device_target": target}


_settings = _defaults()
_lock = ForkSafeLock()


def set_context(**settings: object) -> None:
    """Change settings for all threads, all of them or none.

    Raises `ValueError` for a name that MindSpore doesn't have and for a value that a setting
    can't have, `TypeError` for a value of another type.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.set_context.html>.
    """
    global _settings
    before_effect("set_context()")
    for name, value in settings.items():
        _check(name, value)
    with _lock:
        # A new dictionary, so that readers never see half of a change.
        _settings = {**_settings, **settings}


def all_settings() -> dict[str, object]:
    """Return all settings, which nobody may change: another dictionary after each change."""
    return _settings


def get_context(name: str) -> object:
    """Return a setting.

    Raises `ValueError` for a name that MindSpore doesn't have.
    Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.get_context.html>.
    """
    if name not in _DEFAULTS:
        raise ValueError(f"there is no context option {name!r}")
    return _settings[name]


def reset_context() -> None:
    """Give every setting its default again."""
    global _settings
    before_effect("reset_context()")
    with _lock:
        _settings = _defaults()


def set_device(device_target: str, device_id: int = 0) -> None:
    """Choose the machine that compiled functions run on: CPU, GPU or Ascend."""
    set_context(device_target=device_target, device_id=device_id)


def _check(name: str, value: object) -> None:
    if name not in _DEFAULTS:
        raise ValueError(f"there is no context option {name!r}")
    if name == "device_target" and value in MACHINES:
        return
    if name in _CHOICES and value not in _CHOICES[name]:
        raise ValueError(f"{name} must be one of {list(_CHOICES[name])}, not {value!r}")
    kind = type(_DEFAULTS[name])
    wrong = not isinstance(value, kind) and name not in ("jit_syntax_level", "save_graphs")
    if wrong or (kind is int and isinstance(value, bool)):
        raise TypeError(f"{name} must be of type {kind.__name__}, not {type(value).__name__}")
