"""The `hacc` dialect of AscendNPU IR, as far as kernels need it: attributes of functions.

It is the vendor's: <https://gitee.com/ascend/ascendnpu-ir>. Text that is printed here is read by
the vendor's `bishengir-opt`.
"""

from __future__ import annotations

from xdsl.dialects.builtin import StringAttr
from xdsl.dialects.utils import EnumAttribute
from xdsl.ir import Dialect, ParametrizedAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.utils.str_enum import StrEnum

from .bracketed import Bracketed


class FunctionKind(StrEnum):
    """Where a function runs."""

    HOST = "HOST"
    DEVICE = "DEVICE"


@irdl_attr_definition
class FunctionKindAttr(Bracketed, EnumAttribute[FunctionKind]):
    """Where a function runs: on the host, or as a kernel on the device.

    ```mlir
    func.func @f() attributes {hacc.entry, hacc.function_kind = #hacc.function_kind<DEVICE>}
    ```
    """

    name = "hacc.function_kind"


class ArgType(StrEnum):
    """What a parameter of a kernel is for, beside tensors."""

    LOCK = "sync_block_lock"
    WORKSPACE = "workspace"


@irdl_attr_definition
class ArgTypeAttr(Bracketed, EnumAttribute[ArgType]):
    """What a parameter of a kernel is for, where it is no tensor of the program.

    ```mlir
    func.func @f(%lock: memref<?xi8> {hacc.arg_type = #hacc.arg_type<sync_block_lock>})
    ```
    """

    name = "hacc.arg_type"


@irdl_attr_definition
class TargetAttr(ParametrizedAttribute):
    """The chip that a module is for.

    ```mlir
    module attributes {hacc.target = #hacc.target<"Ascend910B1">} {}
    ```
    """

    name = "hacc.target"

    chip: StringAttr


Hacc = Dialect("hacc", [], [FunctionKindAttr, ArgTypeAttr, TargetAttr])
