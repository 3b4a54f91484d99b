"""The bounds of the group algebra, checked before anything is allocated."""

from __future__ import annotations

from typing import Final

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

MAXIMUM_DEFINING_DIMENSION: Final = 1_024
MAXIMUM_ORDER: Final = 10_000
MAXIMUM_ENTRIES: Final = 2**27
MAXIMUM_UNKNOWNS: Final = 2_500
MAXIMUM_VECTOR: Final = 100_000
MAXIMUM_DENSE: Final = 2_000
"""No step of n^3 is taken above this dimension."""


def check_entries(entries: int, what: str) -> None:
    """Refuses an array of more than 2^27 numbers (1 GiB). Raises SymdslError SYM0704."""
    if entries > MAXIMUM_ENTRIES:
        raise SymdslError(
            Diagnostic(
                code="SYM0704",
                message=f"{what} would need {entries:,} numbers; the limit is {MAXIMUM_ENTRIES:,}",
                hint="use a smaller representation, or fewer copies of it",
            )
        )


def check_size(constructor: str, size: object, minimum: int = 1, maximum: int = MAXIMUM_DEFINING_DIMENSION) -> int:
    """`size` itself, a whole number in the stated range. Raises SymdslError SYM0404, SYM0405, SYM0702."""
    example = f"write {constructor}({max(minimum, 2)}), for example"
    if isinstance(size, bool) or not isinstance(size, int):
        raise SymdslError(Diagnostic("SYM0404", f"the size of {constructor} must be a whole number", hint=example))
    if size < minimum:
        raise SymdslError(
            Diagnostic("SYM0405", f"the size of {constructor} must be at least {minimum}, not {size}", hint=example)
        )
    if size > maximum:
        raise SymdslError(Diagnostic("SYM0702", f"{constructor}({size}) is over the limit of {maximum:,}"))
    return size
