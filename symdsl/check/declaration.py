"""What a strategy tells the checker: its options, what it accepts, and where its implementation is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from pydantic import BaseModel

from symdsl.diagnostics.diagnostic import Diagnostic, Span

if TYPE_CHECKING:
    from symdsl.check.spec import Constraint, EdgeRule, Exactness, Field, Symmetry


@dataclass(frozen=True)
class Offer:
    """What is put before a strategy: the fields, the symmetries that it is asked to enforce, and its options.

    `constraints` are those of the model, for a structure that keeps them (`StrategyDeclaration.keeps_constraints`).
    `inputs` and `targets` are the fields that a network maps between; under a structure, `targets` is empty and
    `scalar_target` True (the network provides one invariant scalar per sample for `structure`). `span_of(name)` is the
    span of an option, or of the enforcement where the option was not written.
    """

    inputs: tuple[Field, ...]
    targets: tuple[Field, ...]
    symmetries: tuple[Symmetry, ...]
    all_symmetries: tuple[Symmetry, ...]
    options: BaseModel
    option_spans: Mapping[str, Span]
    span: Span
    scalar_target: bool = False
    constraints: tuple[Constraint, ...] = ()
    structure: StrategyDeclaration | None = None

    def span_of(self, option: str) -> Span:
        """Where `option` was written."""
        return self.option_spans.get(option, self.span)


@dataclass(frozen=True)
class Verdict:
    """The answer: diagnostics (errors refuse), how exactly each symmetry will hold, and facts for `symdsl info`."""

    diagnostics: tuple[Diagnostic, ...] = ()
    exactness: tuple[Exactness, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class NetworkForm:
    """A network as a spec writes it: `by strategy { options }`, the options evaluated."""

    strategy: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class StrategyDeclaration:
    """One documented architecture, as the checker sees it.

    `implementation` is "package.module:name" of the object with the build method; it is imported when a model is
    built, never by `check`. `judge` decides whether the strategy can serve an offer.

    `symdsl compare` asks a network for two things more, and a network without them is compared as it is. `plain`, given
    its options, is the same architecture with the symmetry dropped. `scaled`, given its options and a factor, is the
    options to write with all inner widths times that factor, those of outputs kept; with the factor 1 they mean the
    same network.

    `rows` says what it does with fields of which a sample has any number: nothing (they are refused), each by itself
    or their sum, or a graph of them, whose edges `edge_rule` gives for its options (the flag: whether the data have
    edges).

    Of a structure, `scalar` is what it asks a network for, `derivatives` how often that is differentiated,
    `network_defaults`, given the options that are written, those of the default network where the spec has none, and
    `keeps_constraints` whether its motions keep the constraints of the model. `draws_ranges`: it serves a symmetry that
    holds over a range of its parameters, and goes no farther.
    """

    name: str
    kind: Literal["structure", "network", "objective"]
    options: type[BaseModel]
    summary: str
    citation: str
    implementation: str
    judge: Callable[[Offer], Verdict]
    plain: Callable[[BaseModel], NetworkForm] | None = None
    scaled: Callable[[BaseModel, float], Mapping[str, Any]] | None = None
    rows: Literal["none", "each", "edges"] = "none"
    edge_rule: Callable[[BaseModel, bool], EdgeRule] | None = None
    scalar: str = "the energy"
    derivatives: int = 1
    network_defaults: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    keeps_constraints: bool = False
    draws_ranges: bool = False


@dataclass(frozen=True)
class EstimatorDeclaration:
    """A way to learn a symmetry from data, as `learned(by = ...)` and `symdsl discover` name it.

    `laws` are the kinds of problem that it solves; `implementation` is "package.module:name" of the estimator, imported
    when data are looked at, never by `check`. `notes` are paragraphs for its page: how it differs from the paper, and
    where not to trust it. `ranges`: it finds over which parameters a given group holds, so that samples go wherever
    its motions take them.
    """

    name: str
    options: type[BaseModel]
    laws: frozenset[str]
    summary: str
    citation: str
    implementation: str
    notes: tuple[str, ...] = ()
    ranges: bool = False


class Catalogue(Protocol):
    """Finds strategies and groups by name; names are known without importing what they name."""

    def strategy_names(self) -> tuple[str, ...]:
        """All strategies, sorted."""
        ...

    def strategy(self, name: str) -> StrategyDeclaration:
        """Imports the declaration. Raises KeyError for an unknown name."""
        ...

    def estimator_names(self) -> tuple[str, ...]:
        """All ways to learn a symmetry, sorted."""
        ...

    def estimator(self, name: str) -> EstimatorDeclaration:
        """Imports the declaration. Raises KeyError for an unknown name."""
        ...

    def group_names(self) -> tuple[str, ...]:
        """All group constructors, sorted."""
        ...

    def group(self, name: str) -> Callable[..., object]:
        """The constructor of a group. Raises KeyError for an unknown name."""
        ...
