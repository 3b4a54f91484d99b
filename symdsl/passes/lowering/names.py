"""Names of classes of emitted files."""

from __future__ import annotations

import re
from keyword import iskeyword


def class_name(name: str) -> str:
    """A class name from a name of a spec: `rotated_fashion` -> `RotatedFashion`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    return joined if joined[:1].isalpha() and not iskeyword(joined) else f"Model{joined}"
