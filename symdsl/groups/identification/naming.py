"""The name of a closed Lie algebra of matrices."""

from __future__ import annotations

import numpy as np

from symdsl.groups.arrays.lie_algebra import row_space, simple_ideals
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.identification.charges import common_eigenvectors
from symdsl.groups.identification.classical import Classical, classical
from symdsl.groups.identification.motion_frames import motion_frame
from symdsl.groups.identification.motions import motions_name
from symdsl.groups.identification.parts import Part
from symdsl.groups.identification.reductive import centre_names, joined, semisimple_names, whole_name
from symdsl.groups.identification.structure import Structure, beyond, bracket, structure_of
from symdsl.groups.identification.tensors import kept_by


def constants_of(generators: Array) -> Array:
    """c (r, r, r) with [A_i, A_j] = sum_k c_ijk A_k of a basis A (r, d, d) of a Lie algebra, by least squares."""
    count = len(generators)
    products = generators[:, None] @ generators[None]
    brackets = (products - products.swapaxes(0, 1)).reshape(count * count, -1)
    inverse = np.linalg.pinv(generators.reshape(count, -1))
    return np.asarray((brackets @ inverse).reshape(count, count, count), dtype=np.float64)


def jacobi_defect(constants: Array) -> float:
    """The largest entry of [[x, y], z] + [[y, z], x] + [[z, x], y] over a basis with structure constants (r, r, r)."""
    nested = np.tensordot(constants, constants, axes=(2, 0))
    return float(np.max(np.abs(nested + nested.transpose(1, 2, 0, 3) + nested.transpose(2, 0, 1, 3)), initial=0.0))


def name_of(generators: Array, structure: Structure, parts: tuple[Part, ...] | None) -> Classical:
    """The name of the algebra that orthonormal matrices (r, d, d) are a basis of, with a frame where there is one.

    `parts` are the irreducible parts of the space where it is a sum of such. Raises SymdslError SYM0422, SYM0704.
    """
    known = classical(generators, kept_by(generators))
    if known is not None:
        return known
    if len(structure.radical) == len(structure.centre):
        whole = whole_name(generators, _combined(structure.centre, generators), parts) if parts else None
        if whole is not None:
            return whole
        name = _reductive_name(generators, structure)
    else:
        name = _other_name(generators, structure)
    group, frame = motion_frame(generators, structure) or (None, None)
    return Classical(name, group, frame)


def is_sum_of_irreducibles(generators: Array, structure: Structure) -> bool:
    """Whether the space is a sum of irreducible parts: the algebra is reductive, and its centre can be diagonalised."""
    if len(structure.radical) != len(structure.centre):
        return False
    return not len(structure.centre) or common_eigenvectors(_combined(structure.centre, generators)) is not None


def _combined(rows: Array, generators: Array) -> Array:
    return np.tensordot(rows, generators, axes=1)


def _plain_name(generators: Array) -> str:
    """The name of matrices (r, d, d), orthonormal, that are not those in question but made of them."""
    structure = structure_of(constants_of(generators))
    known = classical(generators, kept_by(generators))
    if known is not None:
        return known.name
    if len(structure.radical) == len(structure.centre):
        return _reductive_name(generators, structure)
    return _other_name(generators, structure)


def _reductive_name(generators: Array, structure: Structure) -> str:
    """[g, g] by its simple ideals, and the centre."""
    names = _semisimple_part(generators, structure, structure.derived)
    return joined(names + centre_names(_combined(structure.centre, generators)))


def _semisimple_part(generators: Array, structure: Structure, rows: Array) -> list[str]:
    if not len(rows):
        return []
    inside = np.einsum("mi,nj,ijk,lk->mnl", rows, rows, structure.constants, rows, optimize=True)
    return semisimple_names(_combined(rows, generators), inside)


def _other_name(generators: Array, structure: Structure) -> str:
    """Summands that are simple or lines apart, the rest by `motions_name`."""
    constants, radical = structure.constants, structure.radical
    lines = _outside(structure.centre, structure.derived)
    apart, bound = _by_the_radical(constants, structure.levi, radical)
    core = row_space(np.concatenate([bound, _radical_without(structure, lines)]), 1.0)
    inner = np.einsum("mi,nj,ijk,lk->mnl", core, core, constants, core, optimize=True)
    name = motions_name(structure_of(inner), _plain_name)
    if name is None:
        return _unnamed(generators, structure)
    summands = [*_semisimple_part(generators, structure, apart), name]
    return joined(summands + centre_names(_combined(lines, generators)))


def _unnamed(generators: Array, structure: Structure) -> str:
    size = len(structure.constants)
    series = structure.derived
    while len(series) and len(following := bracket(structure.constants, np.eye(size), series)) < len(series):
        series = following
    if not len(series):
        return f"unnamed algebra of dimension {size}, nilpotent"
    if not len(structure.levi):
        return f"unnamed algebra of dimension {size}, solvable"
    levi = joined(_semisimple_part(generators, structure, structure.levi))
    return f"unnamed algebra of dimension {size}, {levi} and a radical of dimension {len(structure.radical)}"


def _outside(rows: Array, others: Array) -> Array:
    """Orthonormal rows of a complement, in the span of rows (k, r), of its intersection with that of others (m, r)."""
    return row_space((rows @ beyond(others).T).T, 1.0) @ rows


def _by_the_radical(constants: Array, levi: Array, radical: Array) -> tuple[Array, Array]:
    """The ideals of a Levi factor (k, r) that commute with the radical (m, r), and the others, as orthonormal rows."""
    apart, bound = [levi[:0]], [levi[:0]]
    if len(levi):
        inside = np.einsum("mi,nj,ijk,lk->mnl", levi, levi, constants, levi, optimize=True)
        for ideal in simple_ideals(inside):
            rows = ideal @ levi
            moved = np.einsum("ki,mj,ijl->kml", rows, radical, constants, optimize=True)
            (apart if np.max(np.abs(moved)) < 1e-8 else bound).append(rows)
    return row_space(np.concatenate(apart), 1.0), row_space(np.concatenate(bound), 1.0)


def _radical_without(structure: Structure, lines: Array) -> Array:
    """An ideal in the radical beside central lines (k, r): what of it is derived, and some of the rest."""
    everything = np.eye(len(structure.constants))
    derived = bracket(structure.constants, everything, structure.radical)
    taken = row_space(np.concatenate([derived, lines]), 1.0)
    rest = structure.radical - structure.radical @ taken.T @ taken
    return row_space(np.concatenate([derived, rest]), 1.0)
