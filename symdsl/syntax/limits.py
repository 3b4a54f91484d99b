"""How much of a faulty text is reported. What a text may hold is bounded by `symdsl.session.Limits`."""

from __future__ import annotations

from typing import Final

MAXIMUM_FAULTS: Final = 20
MAXIMUM_DIGITS: Final = 40
