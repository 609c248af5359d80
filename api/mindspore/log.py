"""`mindspore.log`: messages of several levels, on the logger `mindspore`.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.log.html>.
"""

from __future__ import annotations

import logging
import os

_logger = logging.getLogger("mindspore")

debug = _logger.debug
info = _logger.info
warning = _logger.warning
error = _logger.error
critical = _logger.critical


def get_level() -> str:
    """Return the level that the environment's GLOG_v says: 0 to 4, from debug to critical."""
    return os.environ.get("GLOG_v", "2")


__all__ = ["critical", "debug", "error", "get_level", "info", "warning"]
