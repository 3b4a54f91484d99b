"""Names of reductive algebras of matrices: simple ideals by how they act, and what is left of the centre."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symdsl.groups.arrays.lie_algebra import simple_ideals
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.arrays.spans import span_of
from symdsl.groups.families.catalogue import product
from symdsl.groups.families.classical import scale
from symdsl.groups.group import Group
from symdsl.groups.identification.charges import circles
from symdsl.groups.identification.classical import Classical
from symdsl.groups.identification.parts import Part, irreducible_parts, spin_of
from symdsl.groups.identification.simple import simple_name


def semisimple_names(generators: Array, constants: Array) -> list[str]:
    """The names of the ideals of a semisimple algebra of matrices (r, d, d) with constants (r, r, r), sorted.

    An ideal is called what it is on a part that it is all of a classical algebra on; two that are one on some part,
    as so(4) on R^4, are named together. Others have the name of their abstract algebra.
    """
    ideals = simple_ideals(constants)
    parts = irreducible_parts(generators) or ()
    named: dict[int, str] = {}
    together: list[str] = []
    for part in parts:
        acting = [place for place, ideal in enumerate(ideals) if _acts(ideal, part)]
        if part.known and len(acting) > 1 and not set(acting) & set(named):
            together.append(part.known.name)
            named |= dict.fromkeys(acting, "")
    for place, ideal in enumerate(ideals):
        if place not in named:
            named[place] = _ideal_name(np.tensordot(ideal, generators, axes=1), ideal, constants)
    return sorted(together + [name for name in named.values() if name])


def whole_name(generators: Array, centre: Array, parts: Sequence[Part]) -> Classical | None:
    """What an algebra of matrices (r, d, d) with a centre (k, d, d) is on a part where all of it acts and is classical.

    None where there is no such part. The frame is that of a space which is a sum of such parts, in a product of groups.
    """
    count, size = len(generators), generators.shape[-1]
    for part in parts:
        turns = part.known is not None and part.known.name.startswith("u(")
        if part.known and len(part.image) == count > 1 and (not turns or circles(centre)):
            return Classical(part.known.name)
    framed: list[tuple[str, Group, Array]] = []
    for part in parts:
        if part.dimension == 1 and len(part.image):
            framed.append(("R", scale(), part.basis))
        elif part.known and part.known.group is not None and part.known.frame is not None:
            framed.append((part.known.name, part.known.group, part.basis @ part.known.frame))
    if len(framed) < 2 or sum(len(group.lie_algebra) for _, group, _ in framed) != count:
        return None
    if sum(group.dimension for _, group, _ in framed) != size:
        return None
    framed.sort(key=lambda each: (-each[1].dimension, each[0]))
    names, groups, frames = zip(*framed, strict=True)
    return Classical(joined(names), product(*groups), np.concatenate(frames, axis=1))


def centre_names(generators: Array) -> list[str]:
    """so(2) for each dimension of commuting matrices (k, d, d) that is a circle, R for others."""
    if not len(generators):
        return []
    turning = circles(generators)
    return ["so(2)"] * turning + _lines(len(generators) - turning)


def joined(names: Sequence[str]) -> str:
    """The names of the summands of an algebra in one, "so(3) + so(3) + R"."""
    lines = sum(1 for name in names if name == "R")
    return " + ".join([name for name in names if name != "R"] + _lines(lines))


def _lines(count: int) -> list[str]:
    return [] if not count else ["R" if count == 1 else f"R^{count}"]


def _acts(ideal: Array, part: Part) -> bool:
    images = np.tensordot(ideal, part.matrices, axes=1)
    return bool(np.max(np.abs(images)) > 1e-7 * max(1.0, float(np.max(np.abs(part.matrices)))))


def _ideal_name(generators: Array, ideal: Array, constants: Array) -> str:
    """The name of a simple ideal by what is classical of it on its own parts; a cover before what it covers."""
    own = np.einsum("mi,nj,ijk,lk->mnl", ideal, ideal, constants, ideal, optimize=True)
    abstract = simple_name(own) or f"simple algebra of dimension {len(ideal)}"
    basis = span_of(generators).reshape(-1, *generators.shape[1:])
    parts = irreducible_parts(basis) or ()
    known = sorted({part.known.name for part in parts if part.known and len(part.image) == len(ideal)})
    covers = [name for name in known if not name.startswith("so(")]
    if covers or known:
        return (covers or known)[0]
    spins = [spin for part in parts if len(part.image) == 3 and (spin := spin_of(part)) is not None]
    if abstract == "so(3)" and any(spin % 2 for spin in spins):
        return "su(2)"
    if abstract == "sl(2,R)" and spins and not any(spin % 2 for spin in spins):
        return "so(1,2)"
    return abstract
