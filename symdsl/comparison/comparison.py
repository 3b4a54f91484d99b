"""A comparison before it runs: every variant checked, compiled and sized, every run with its own spec and folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symdsl.api import parse
from symdsl.comparison.entries import read_entries
from symdsl.comparison.trees import with_parameters, with_paths, with_training
from symdsl.comparison.variants import Variant, choose_symmetry, compile_tree, in_variant, make_variant
from symdsl.comparison.widths import CLOSE, Equal, Size, Sizes, measure_size, of_equal_size
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import Compilation, prepare
from symdsl.registry import EntryPointCatalogue
from symdsl.session import Session
from symdsl.training.options import TrainingOptions, read_options


@dataclass(frozen=True)
class Request:
    """What is asked for: the spec, the ways of enforcing, and how they are to be made equal.

    `training` are options of the train block that the command overrides; `folder` is where the runs go.
    """

    spec: Path
    enforce: str
    folder: Path | None = None
    model: str | None = None
    symmetry: str | None = None
    seeds: int = 3
    equal: Equal = "parameters"
    training: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Planned:
    """A variant of the size that it will have; `ratio` is to the reference, of what is to be equal."""

    variant: Variant
    size: Size
    ratio: float

    @property
    def label(self) -> str:
        """How the symmetry is enforced."""
        return self.variant.entry.label

    @property
    def close(self) -> bool:
        """Whether the size is near enough to the reference's to be called equal."""
        return abs(self.ratio - 1) <= CLOSE


@dataclass(frozen=True)
class PlannedRun:
    """One run: a variant with a seed, whose whole spec is the text of `compilation`."""

    planned: Planned
    seed: int
    folder: Path
    compilation: Compilation
    options: TrainingOptions


@dataclass(frozen=True)
class Comparison:
    """All runs, seed by seed, and what they are held against: the spec as it is written."""

    reference: Compilation
    symmetry: str
    size: Size
    equal: Equal
    variants: tuple[Planned, ...]
    runs: tuple[PlannedRun, ...]
    folder: Path


def prepare_comparison(request: Request, session: Session) -> Comparison:
    """Make and compile every variant; nothing is written. Raises SymdslError before anything trains."""
    reference = prepare(request.spec, session, request.model)
    model, catalogue = reference.spec, EntryPointCatalogue()
    entries = read_entries(request.enforce, catalogue)
    symmetry = choose_symmetry(model, request.symmetry)
    declared = parse(request.spec, session.limits).models
    tree = with_parameters(next(each for each in declared if each.name.text == model.name), model.parameters)
    sizes, size = Sizes(session, catalogue), measure_size(reference)
    variants = tuple(
        plan_variant(make_variant(model, tree, symmetry, entry), size, request.equal, sizes) for entry in entries
    )
    folder = request.folder or Path("runs") / f"compare-{model.name}"
    stated = read_options(model.training, request.training)
    runs = tuple(
        plan_run(planned, request, stated, stated.seed + offset, folder, sizes)
        for offset in range(request.seeds)
        for planned in variants
    )
    return Comparison(reference, symmetry, size, request.equal, variants, runs, folder)


def plan_variant(variant: Variant, target: Size, equal: Equal, sizes: Sizes) -> Planned:
    """The variant scaled to the target. Raises SymdslError, exit code 2, where it cannot be compiled."""
    try:
        scaled = of_equal_size(variant, target, equal, sizes)
        size = sizes.of(scaled)
    except SymdslError as refusal:
        if refusal.exit_code == 1:  # an error of typing or of a limit; those of the checker know their variant
            raise in_variant(variant.entry, refusal.diagnostics) from None
        raise
    return Planned(scaled, size, size.of(equal) / target.of(equal))


def plan_run(
    planned: Planned, request: Request, stated: TrainingOptions, seed: int, parent: Path, sizes: Sizes
) -> PlannedRun:
    """The run of a variant with a seed: a spec that says everything, so that `symdsl train` on it gives the same."""
    entry = planned.variant.entry
    folder = parent / entry.folder / f"seed-{seed}"
    said = {**(request.training or {}), "seed": seed, "split_seed": stated.seed_of_split}
    tree = with_training(with_paths(planned.variant.tree, request.spec.parent, folder), said)
    comment = f"{request.spec.name} with {entry.label}, seed {seed}; written by symdsl compare"
    session = replace(sizes.session, seed=seed, allow_paths=True)
    compilation = compile_tree(tree, entry, session, sizes.catalogue, (comment,))
    return PlannedRun(planned, seed, folder, compilation, read_options(compilation.spec.training))
