"""Devices of jax by name, one or several."""

from __future__ import annotations

from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError


def find_device(name: str, count: int = 1) -> Any:
    """The first jax device of a kind such as "cpu" or "gpu" ("cuda" is understood), or copies on the first `count`.

    Raises SymdslError (exit 4): SYM1003 without such a device, SYM1012 where they are fewer.
    """
    import jax
    from jax.sharding import Mesh, NamedSharding, PartitionSpec

    try:
        found = jax.devices("gpu" if name == "cuda" else name)
    except RuntimeError as error:
        diagnostic = Diagnostic("SYM1003", f"jax has no device {name}", notes=(str(error),))
        raise SymdslError(diagnostic, exit_code=4) from None
    if count == 1:
        return found[0]
    if count > len(found):
        there = f"{len(found)} there are" if len(found) > 1 else "there is one"
        hint = f"set XLA_FLAGS=--xla_force_host_platform_device_count={count} before Python starts"
        diagnostic = Diagnostic(
            "SYM1012", f"{count} devices {name} are asked for, and {there}", hint=hint if name == "cpu" else None
        )
        raise SymdslError(diagnostic, exit_code=4)
    return NamedSharding(Mesh(np.array(found[:count]), ("batch",)), PartitionSpec())
