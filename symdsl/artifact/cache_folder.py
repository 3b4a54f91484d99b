"""Where everything is kept that can be made again."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder() -> Path:
    """$SYMDSL_CACHE, or `symdsl` in the user's cache folder."""
    given = os.environ.get("SYMDSL_CACHE")
    if given:
        return Path(given)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "symdsl"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "symdsl"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "symdsl"
