"""The network of invariant theory (Villar et al. 2021, 2106.06610): free layers, vectors by combination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symdsl.groups.actions.placement import find_setting
from symdsl.ir.graph import GraphBuilder
from symdsl.strategies.equivariant_mlp.point_sets import PointSet
from symdsl.strategies.equivariant_mlp.scalar_parts import ScalarsBuilder
from symdsl.strategies.strategy import Target


def build_scalars(
    builder: GraphBuilder,
    inputs: Mapping[str, int],
    targets: tuple[Target, ...],
    symmetry: str,
    hidden: Sequence[int],
    bias: bool,
) -> dict[str, int]:
    """Add the network; returns the node of every target. Raises EquivarianceError where no target but zero exists."""
    group = next(iter(builder.type_of(node) for node in inputs.values())).actions[symmetry].group
    setting = find_setting(group)
    assert setting is not None
    parts = ScalarsBuilder(builder, symmetry, setting, hidden, bias)
    if setting.points:
        return PointSet(parts, inputs).outputs(targets)
    (given, *_) = parts.levels(inputs)
    features = parts.joined(given.scalars, parts.pairings(given.vectors))
    known = None if features is None else parts.invariant_layers(features, "layer")
    found = {}
    for target in targets:
        _, blocks = parts.target_blocks(target)
        found[target.name] = parts.arranged(parts.head(known, given.vectors, blocks, target.name), target)
    return found
