"""The typed spec: what a checked model says, with every inference made explicit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any, Literal

from pydantic import BaseModel

from symdsl.check.declaration import StrategyDeclaration
from symdsl.diagnostics.diagnostic import Span
from symdsl.groups.actions.action import Action
from symdsl.groups.group import Group
from symdsl.groups.ranges import Ranges

FieldKind = Literal[
    "image", "label", "scalar", "angle", "vector", "point", "tensor", "phase_space", "derivative", "links",
    "index", "count",
]
AngleFeatures = Literal["periodic", "wrapped"]


SAMPLE_MASK = "sample_mask"
"""What the loss of a model of rows takes after its targets: 1 for a sample, 0 for one that fills up a batch."""


@dataclass(frozen=True)
class Axis:
    """A declared axis (`axis bodies = 6`) or an anonymous one (`per 5`, name None)."""

    name: str | None
    minimum: int
    maximum: int | None
    span: Span

    @property
    def size(self) -> int | None:
        """The size where it is fixed, else None (ragged)."""
        return self.minimum if self.minimum == self.maximum else None


@dataclass(frozen=True)
class Ragged:
    """A varying axis, or a graph: a sample has from `minimum` to `maximum` rows, and any number of edges between."""

    name: str
    kind: Literal["axis", "graph"]
    span: Span
    minimum: int = 1
    maximum: int | None = None

    @property
    def rows(self) -> str:
        """The rows along the axis, or the nodes of the graph."""
        return self.name if self.kind == "axis" else f"{self.name}_nodes"

    @property
    def edge_rows(self) -> str:
        """The edges."""
        return f"{self.name}_edges"


@dataclass(frozen=True)
class EdgeRule:
    """Which nodes of a sample are joined: as the data say, all pairs (with `loops` a node and itself too), or those
    within a `radius` or the `count` nearest ones of the points in field `of`."""

    kind: Literal["given", "all", "radius", "nearest"]
    radius: float | None = None
    count: int | None = None
    of: str | None = None
    loops: bool = False


@dataclass(frozen=True)
class DataReference:
    """`from "file:key"`: the file is relative to the folder of the spec."""

    path: str
    key: str | None
    span: Span


@dataclass(frozen=True)
class Field:
    """A named array of the data.

    `own_shape` is the shape of SEMANTICS rule 1 without batch and axes; the shape of one sample is
    `(*axis sizes, *own_shape)`. `dimension` is d of vector(d), tensor(..) of d, phase_space(dim = d); `channels`
    of an image; `classes` of a label; `rank` (p, q) of a tensor; `of` the field that a derivative belongs to;
    `features` what networks see of an angle.
    A field with `rows` has such an array for each row of that kind, of which a sample has any number: along the axis,
    or of the graph, called `varying`. An "index" says
    for each of its rows which row of kind `names` it belongs to ("" for the sample), a "count" how many rows of kind
    `names` a sample has.
    """

    name: str
    kind: FieldKind
    span: Span
    axes: tuple[Axis, ...] = ()
    own_shape: tuple[int, ...] = ()
    dimension: int | None = None
    channels: int | None = None
    classes: int | None = None
    rank: tuple[int, int] | None = None
    of: str | None = None
    features: AngleFeatures | None = None
    group: str | None = None
    over_time: bool = False
    source: DataReference | None = None
    rows: str = ""
    names: str | None = None
    varying: str = ""

    @property
    def is_index(self) -> bool:
        """Whether it ties rows together, so that no symmetry moves it and no network computes with its numbers."""
        return self.kind in ("index", "count")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample, or of one row."""
        return (*(axis.size or 0 for axis in self.axes), *self.own_shape)


@dataclass(frozen=True)
class Search:
    """What a symmetry that is to be learned asks of data.

    A group of `dimensions` generators, from the least to the most, is looked for `within` another one, by the estimator
    `by` with what is set of its options, and with elements of the kinds `discrete`; a certificate holds at `delta` and
    `alpha`. `references` are the data of the fields that are given and predicted, as the spec writes them, `actions`
    the words of the action lines by field. `laws` are those that the types of the fields leave, the first one taken
    where nothing is said; `lenient` says that an undecided certificate drops the symmetry.
    """

    within: Group
    dimensions: tuple[int, int]
    by: str
    settings: Mapping[str, Any]
    discrete: tuple[str, ...]
    delta: float
    alpha: float
    lenient: bool
    references: tuple[str, ...]
    actions: Mapping[str, str]
    laws: tuple[str, ...]


@dataclass(frozen=True)
class Learned:
    """Where the group of a symmetry comes from that was learned: its card, or the `command` that makes a missing one.

    `source` names the card and `hash` is its content; `verdict` is that of its certificate, which was measured on the
    data, not on this model. A `dropped` symmetry is undecided, and compiled to the group of one element; a `partial`
    one holds over `ranges` of its parameters. `search` is what one without a card asks.
    """

    source: str
    name: str = ""
    hash: str = ""
    verdict: str = ""
    ranges: Ranges | None = None
    dropped: bool = False
    command: str = ""
    search: Search | None = None

    @property
    def partial(self) -> bool:
        """Whether the group holds over a range of its parameters only."""
        return self.ranges is not None

    @property
    def missing(self) -> bool:
        """Whether there is no card yet."""
        return not self.hash

    @property
    def text(self) -> str:
        """The card and what it says, in a line."""
        if self.missing:
            return f"no card yet; run: {self.command}"
        dropped = ", so that the symmetry is dropped" if self.dropped else ""
        return f"{self.name}, {self.verdict} by the card {self.source}, sha256 {self.hash}{dropped}"


@dataclass(frozen=True)
class Symmetry:
    """A named symmetry of the data.

    `kind` "group" acts on fields by `actions` (every field has one); "time" is translation(t), autonomous dynamics with
    a conserved energy; "relabel" renumbers the rows of each sample that belong to the varying axis or graph `of`;
    "shift" is a translation along the pixel or lattice axes; "local" is parsed and typed here and served by later
    strategies. `inferred` names the fields whose action the checker found by itself. Of a group that was `learned`, or
    is to be, the group of its card, or a small one in its place.
    """

    name: str
    kind: Literal["group", "time", "relabel", "shift", "local"]
    span: Span
    group: Group | None
    text: str
    actions: Mapping[str, Action]
    inferred: frozenset[str] = frozenset()
    of: str | None = None
    learned: Learned | None = None


@dataclass(frozen=True)
class Constraint:
    """Distances that stay: between the bodies of each pair, and of each anchored body from the origin.

    `field` is the phase space of the bodies, which are counted from 0 along its axes, row by row.
    """

    name: str
    field: str
    pairs: tuple[tuple[int, int], ...]
    anchors: tuple[int, ...]
    span: Span


@dataclass(frozen=True)
class Exactness:
    """How far an enforcement holds: exactly, exactly on a subgroup, or approximately.

    `elements` are the indices, in `Group.elements`, of the elements that hold exactly where `kind` is "subgroup".
    """

    symmetry: str
    kind: Literal["exact", "subgroup", "approximate", "none"]
    detail: str = ""
    elements: tuple[int, ...] = ()


@dataclass(frozen=True)
class Enforcement:
    """`enforce a, b by strategy { options }`, or the default network (no symmetries, span of the model)."""

    symmetries: tuple[str, ...]
    strategy: StrategyDeclaration
    options: BaseModel
    option_spans: Mapping[str, Span]
    exactness: tuple[Exactness, ...]
    span: Span


@dataclass(frozen=True)
class Model:
    """A checked model. `network` is always present; `structure` wraps it; `objectives` wrap training."""

    name: str
    span: Span
    text: str
    source: str
    fields: Mapping[str, Field]
    axes: Mapping[str, Axis]
    symmetries: Mapping[str, Symmetry]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    network: Enforcement
    structure: Enforcement | None
    objectives: tuple[Enforcement, ...]
    training: Mapping[str, Any]
    parameters: Mapping[str, Any]
    constraints: tuple[Constraint, ...] = ()
    normalised: tuple[str, ...] = ()
    tolerance: float | None = None
    facts: tuple[str, ...] = ()
    ragged: Mapping[str, Ragged] = dataclass_field(default_factory=dict)
    edge_rules: Mapping[str, EdgeRule] = dataclass_field(default_factory=dict)

    @property
    def enforcements(self) -> tuple[Enforcement, ...]:
        """The structure, if there is one, the network, and the objectives."""
        return (*((self.structure,) if self.structure is not None else ()), self.network, *self.objectives)
