"""A spec that says everything of a run: parameters with their values, training with every option that it heeds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symdsl.check.spec import Model
from symdsl.check.training_options import OF_OPTIMISERS, OF_SCHEDULES, OF_TRAJECTORIES, TrainingOptions
from symdsl.comparison.trees import with_parameters, with_paths, with_training
from symdsl.syntax import ast
from symdsl.syntax.unparse import unparse


def resolved_spec(
    tree: ast.ModelDeclaration, model: Model, options: TrainingOptions, source: Path, target: Path
) -> str:
    """The text of the checked `tree` with all that was chosen outside it or left to a default.

    Data files, relative to the folder `source`, are named relative to the folder `target`, where the text will lie.
    What was inferred stands above it as comments.
    """
    training = with_training(with_parameters(tree, model.parameters), heeded(options))
    claims = [
        f"{exactness.symmetry}: {exactness.kind}, by {enforcement.strategy.name}"
        for enforcement in model.enforcements
        for exactness in enforcement.exactness
    ]
    return unparse(with_paths(training, source, target), (*claims, *model.facts))


def heeded(options: TrainingOptions) -> Mapping[str, Any]:
    """The options of a run by name, without those that are left open and those of another optimiser or schedule."""
    foreign = {name for name, owners in OF_OPTIMISERS.items() if options.optimiser not in owners}
    foreign |= {name for name, owners in OF_SCHEDULES.items() if options.schedule not in owners}
    foreign |= set(OF_TRAJECTORIES) if options.fit != "trajectories" else set()
    foreign |= set() if options.heeds_validation else {"min_delta"}
    values = options.model_dump()
    return {name: value for name, value in values.items() if value is not None and name not in foreign}
