"""Fields in the units of the training data, where a spec asks for them."""

from __future__ import annotations

from symdsl.check.normalisation import field_scale
from symdsl.check.spec import Model
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.scaling import Normalise


def normalised(model: Model, builder: GraphBuilder, name: str, value: int, alike: bool = False) -> int:
    """A field over its scale, or as it is; with `alike` all entries share one."""
    if name not in model.normalised:
        return value
    scale = field_scale(model, name)
    blocks = scale.blocks.joined(range(len(builder.type_of(value).shape))) if alike else scale.blocks
    return builder.add(Normalise(blocks=blocks, shifted=scale.shifted), value, name=f"normalise_{name}")
