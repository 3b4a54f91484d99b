"""Names of algebras with a radical that is not the centre: motions of a space, and Heisenberg's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.spans import span_of
from symdsl.groups.identification.structure import Structure, beyond, bracket, complement

Namer = Callable[[Array], str]


def motions_name(structure: Structure, name_of: Namer) -> str | None:
    """The name of a non-reductive algebra without abelian summands; None for one that has no name.

    An algebra h of V = [g, rad g] where that is abelian, nothing but V commutes with V, and h lies beside it:
    se(n), iso(p,q), aff(n,R), or h and V by name. `name_of` names the algebra of matrices (k, n, n) that h is on V.
    """
    constants = structure.constants
    size = len(constants)
    centre = len(structure.centre)
    if len(structure.derived) == centre == 1 and len(structure.radical) == size:
        same = np.abs(structure.derived @ structure.centre.T).item() > 1.0 - 1e-8
        return f"heisenberg({size})" if same else None
    moved = bracket(constants, np.eye(size), structure.radical)
    if len(bracket(constants, moved, moved)):
        return None
    rest = beyond(moved)
    actions = np.einsum("mi,vj,ijk,wk->mwv", rest, moved, constants, moved, optimize=True)
    image = span_of(actions).reshape(-1, len(moved), len(moved)) if len(actions) else actions
    if len(image) != len(rest) or complement(constants, moved) is None:
        return None
    return _of_space(name_of(image), len(moved))


def _of_space(linear: str, dimension: int) -> str | None:
    """The algebra of a linear one on R^n and the translations of R^n."""
    lines = linear == "R" or linear.startswith("R^")  # of which there are many that are not isomorphic
    if "unnamed" in linear or (lines and dimension > 1):
        return None
    special = {
        f"so({dimension})": f"se({dimension})",
        f"gl({dimension},R)": f"aff({dimension},R)",
        f"so({dimension}) + R": f"sim({dimension})",
    }
    if dimension == 1:
        return "aff(1,R)"
    if linear in special:
        return special[linear]
    if linear.startswith("so(") and "," in linear and "+" not in linear and "C" not in linear:
        plus, minus = map(int, linear[3:-1].split(","))
        if plus + minus == dimension:
            return f"iso({plus},{minus})"
    return f"({linear}) x| R^{dimension}" if "+" in linear else f"{linear} x| R^{dimension}"
