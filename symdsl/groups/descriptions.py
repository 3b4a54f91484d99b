"""Reading representations and actions back from JSON data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.actions.action import Action
from symdsl.groups.actions.geometry import geometry_from_description
from symdsl.groups.combinations import Product, Pulled, Sum
from symdsl.groups.composed import OfLinearPart
from symdsl.groups.families.catalogue import group_from_description
from symdsl.groups.families.wreath import BlockPermutation
from symdsl.groups.representation import Defining, Dual, LinearPart, Permutation, Regular, Representation, Trivial
from symdsl.groups.representations.cosets import Induced, Quotient, Restricted
from symdsl.groups.representations.finite_irreducible import FiniteIrreducible
from symdsl.groups.representations.harmonics import Harmonic
from symdsl.groups.representations.images import by_images
from symdsl.groups.representations.lorentz_irreducible import LorentzPair
from symdsl.groups.representations.powers import AlternatingPower, SymmetricPower
from symdsl.groups.representations.spin import Spin


def representation_from_description(description: Mapping[str, Any]) -> Representation:
    """The representation that `Representation.describe` wrote. Raises SymdslError SYM0424 for anything else."""
    read = representation_from_description
    match description.get("kind"):
        case "trivial":
            return Trivial(group_from_description(description["group"]), description["dimension"])
        case "defining":
            return Defining(group_from_description(description["group"]))
        case "permutation":
            return Permutation(group_from_description(description["group"]))
        case "linear_part":
            return LinearPart(group_from_description(description["group"]))
        case "of_linear_part":
            return OfLinearPart(group_from_description(description["group"]), read(description["of"]))
        case "regular":
            return Regular(group_from_description(description["group"]))
        case "dual":
            return Dual(read(description["of"]))
        case "sum":
            return Sum(tuple(read(part) for part in description["parts"]))
        case "product":
            return Product(tuple(read(part) for part in description["parts"]))
        case "pulled":
            group = group_from_description(description["group"])
            return Pulled(group, description["position"], read(description["of"]))
        case "symmetric_power":
            return SymmetricPower(read(description["of"]), description["power"])
        case "alternating_power":
            return AlternatingPower(read(description["of"]), description["power"])
        case "harmonic":
            group = group_from_description(description["group"])
            return Harmonic(group, description["degree"], description["pseudo"], description["half"])
        case "spin":
            return Spin(group_from_description(description["group"]), description["twice"])
        case "finite_irreducible":
            return FiniteIrreducible(group_from_description(description["group"]), description["index"])
        case "lorentz_pair":
            first, second = description["twice"]
            return LorentzPair(group_from_description(description["group"]), (first, second))
        case "images":
            group, size = group_from_description(description["group"]), description["dimension"]
            given = (np.array(description[name], np.float64) for name in ("generators", "discrete"))
            return by_images(group, *(matrices.reshape(-1, size, size) for matrices in given))
        case "quotient":
            group = group_from_description(description["group"])
            return Quotient(group, group_from_description(description["subgroup"]))
        case "induced":
            return Induced(group_from_description(description["group"]), read(description["of"]))
        case "restricted":
            return Restricted(group_from_description(description["group"]), read(description["of"]))
        case "block_permutation":
            return BlockPermutation(group_from_description(description["group"]))
        case kind:
            raise SymdslError(Diagnostic("SYM0424", f"no representation is described by {kind!r}"))


def action_from_description(description: Mapping[str, Any]) -> Action:
    """The action that `Action.describe` wrote. Raises SymdslError SYM0403, SYM0414, SYM0424 for anything else."""
    factors = tuple(
        (tuple(factor["axes"]), representation_from_description(factor["representation"]))
        for factor in description["factors"]
    )
    geometry = description["geometry"]
    return Action(
        group_from_description(description["group"]),
        tuple(description["shape"]),
        factors,
        None if geometry is None else geometry_from_description(geometry),
    )
