"""What networks see of angles, in the one place where every network gets its inputs."""

from __future__ import annotations

from symdsl.check.spec import Model
from symdsl.ir.graph import GraphBuilder
from symdsl.ir.operations.angles import CosineSine, Wrap


def seen_angle(model: Model, builder: GraphBuilder, name: str, value: int) -> int:
    """Cosine and sine of an angle, or the angle between -pi and pi where the spec says so; other fields as they are."""
    features = model.fields[name].features
    if features is None:
        return value
    return builder.add(CosineSine() if features == "periodic" else Wrap(), value)
