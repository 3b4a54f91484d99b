"""Which law data have: said, or inferred where only one makes sense."""

from __future__ import annotations

from typing import cast, get_args

import numpy as np

from symdsl.data.faults import bad_data
from symdsl.discovery.arrays import Array, Columns
from symdsl.discovery.problem import Law

LAWS = cast(tuple[str, ...], get_args(Law))


def law_of(columns: Columns, asked: str | None) -> tuple[Law, tuple[str, ...]]:
    """The law, and what was inferred. Raises SymdslError SYM1323 where data fit several, or not the one asked for."""
    law = _inferred(columns) if asked is None else asked
    y, x = columns.y, columns.x
    if law in ("dynamics", "views"):
        what = "velocities" if law == "dynamics" else "another view"
        if y is None or _flat(y) != _flat(x):
            found = "there is no y" if y is None else f"samples have {x.shape[1:]} numbers of x and {y.shape[1:]} of y"
            raise bad_data("SYM1323", f"{law} needs {what} of x as y, of its shape", notes=(found,),
                           hint="name them with --y")  # fmt: skip
    if law == "density" and y is not None:
        raise bad_data("SYM1323", "a density is a law of x alone", hint="leave --y out, or --law density")
    if law in ("invariance", "equivariance") and y is None:
        raise bad_data("SYM1323", f"{law} is a law of y given x", hint="name y with --y; --law density needs none")
    if law != "invariance" and columns.classes is not None:
        raise bad_data("SYM0809", f"`{columns.targets[0]}` holds classes, and {law} needs numbers",
                       hint="classes stay as they are under a symmetry: --law invariance")  # fmt: skip
    remarks = () if asked is not None else (f"law: {law} ({_reason(cast(Law, law))})",)
    return cast(Law, law), remarks


def target_of(columns: Columns, law: Law) -> Array | None:
    """y as the law has it: (N,), (N, m), or of the shape of x."""
    y = columns.y
    if y is None or columns.classes is not None:
        return y
    if law in ("dynamics", "views"):
        return y.reshape(columns.x.shape)
    y = y.reshape(len(y), -1)
    return y[:, 0] if law == "invariance" and y.shape[1] == 1 else y


def _inferred(columns: Columns) -> str:
    y = columns.y
    if y is None:
        return "density"
    if _is_derivative(columns) and _flat(y) == _flat(columns.x):
        return "dynamics"
    if columns.classes is not None or _flat(y) == 1:
        return "invariance"
    raise bad_data(
        "SYM1323", f"`{', '.join(columns.targets)}` has {_flat(y):,} numbers, which may stay or move with x",
        hint="say which: --law invariance (they stay), --law equivariance (they move, in a way that is found), "
        "--law dynamics (they are dx/dt) or --law views (they are x, moved)",
    )  # fmt: skip


def _is_derivative(columns: Columns) -> bool:
    known = all(columns.kinds.get(key) == "derivative" for key in columns.targets)
    named = tuple(columns.targets) in (
        tuple(f"d{key}" for key in columns.inputs), tuple(f"{key}_dot" for key in columns.inputs),
    )  # fmt: skip
    return known or named


def _reason(law: Law) -> str:
    return {
        "density": "there is no y", "dynamics": "y is the derivative of x", "invariance": "y is one number, or a class",
    }[law]  # fmt: skip


def _flat(array: Array) -> int:
    return int(np.prod(array.shape[1:], dtype=np.int64))
