"""Typing of specs. The package itself is callable: `symdsl.check(text)` is `symdsl.api.check(text)`.

Python binds a subpackage to its name in the parent package as soon as anything in it is imported, so that a function
`symdsl.check` beside a package `symdsl.check` would be lost; a callable package keeps both.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symdsl.check.result import CheckResult
    from symdsl.session import Limits


class _CallableCheck(ModuleType):
    """The package with a call."""

    def __call__(
        self,
        spec: str | Path,
        params: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
        *,
        allow_paths: bool = False,
    ) -> CheckResult:
        """See `symdsl.api.check`."""
        from symdsl.api import check_from

        return check_from(spec, params, limits, allow_paths, sys._getframe(1))


sys.modules[__name__].__class__ = _CallableCheck
