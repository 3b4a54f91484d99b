"""Names of local variables: each is taken once in a method and shadows nothing that the method may call."""

from __future__ import annotations

import builtins
import keyword

BUILTIN_NAMES = frozenset(dir(builtins))
IMPORTED_NAMES = frozenset(
    {"json", "math", "os", "Mapping", "Sequence", "Path", "Any", "NamedTuple", "eqx", "jax", "jnp", "np", "Array"}
    | {"NDArray", "Outputs", "WEIGHTS_FILE", "self", "cls"}
)


class LocalNames:
    """The names taken in one method."""

    def __init__(self, reserved: frozenset[str]) -> None:
        self._taken: set[str] = set(reserved)

    def take(self, wanted: str) -> str:
        """`wanted`, or the first of wanted_2, wanted_3, ... that is free."""
        name, number = wanted, 1
        while name in self._taken or keyword.iskeyword(name) or name in BUILTIN_NAMES:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name
