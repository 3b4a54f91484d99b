"""Options of a graph network, and the named variants of its block as what each update reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from symdsl.check.layers import LayerCall
from symdsl.strategies.mlp.declaration import Activation, as_list

Width = Annotated[int, Field(ge=1, le=16_384)]
EdgeInput = Literal["edges", "receivers", "senders", "globals"]
UpdateInput = Literal["edges", "nodes", "globals"]
Variant = Literal[
    "full", "independent", "interaction", "relation", "deep_sets", "message_passing", "comm_net", "attention"
]


class Neighbours(BaseModel):
    """`radius(1.5)` or `nearest(8)`: which points of a sample are joined."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kind: Literal["radius", "nearest"]
    amount: float


Edges = Literal["all", "ring", "chain", "given"] | Neighbours | list[list[int]]


def as_neighbours(value: Any) -> Any:
    """`radius(1.5)` and `nearest(8)`, which are evaluated as layers, as what they say."""
    if not isinstance(value, LayerCall) or value.name not in ("radius", "nearest") or len(value.arguments) != 1:
        return value
    amount = value.arguments[0].value
    known = isinstance(amount, int | float) and not isinstance(amount, bool) and amount > 0
    if not known or (value.name == "nearest" and not isinstance(amount, int)):
        return value
    return Neighbours(kind=value.name, amount=float(amount))  # type: ignore[arg-type]



def as_words(value: Any) -> Any:
    """A list of bare names, which are evaluated as layers without arguments, as a list of words."""
    if not isinstance(value, list):
        return value
    return [entry.name if isinstance(entry, LayerCall) and not entry.arguments else entry for entry in value]


@dataclass(frozen=True)
class Reads:
    """What the updates of edges, nodes and the whole read; nothing where there is no such update.

    `attends`: the new node is the mean of the values of its senders, weighted by products of queries and keys.
    """

    edge: tuple[str, ...]
    node: tuple[str, ...]
    whole: tuple[str, ...]
    attends: bool = False

    @property
    def geometry(self) -> bool:
        """Whether the edge update sees differences of positions and invariants of both ends."""
        return "edges" in self.edge or {"receivers", "senders"} <= set(self.edge)


EVERY = ("edges", "nodes", "globals")
VARIANTS: Mapping[str, Reads] = MappingProxyType(
    {
        "full": Reads(("edges", "receivers", "senders", "globals"), EVERY, EVERY),
        "independent": Reads(("edges",), ("nodes",), ("globals",)),
        "interaction": Reads(("edges", "receivers", "senders"), ("edges", "nodes"), ()),
        "relation": Reads(("receivers", "senders"), (), ("edges",)),
        "deep_sets": Reads((), ("nodes", "globals"), ("nodes",)),
        "message_passing": Reads(("edges", "receivers", "senders"), ("edges", "nodes"), ("nodes",)),
        "comm_net": Reads(("senders",), ("edges", "nodes"), ()),
        "attention": Reads(("senders",), ("edges",), (), attends=True),
    }
)  # fmt: skip
"""Table of Battaglia et al. 2018 (1806.01261, section 4.2 and figure 4)."""


class GraphNetworkOptions(BaseModel):
    """The graph, what each update reads, its layers, and how often the block is applied."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    hidden: Annotated[list[Width], BeforeValidator(as_list)] = Field(
        default=[64, 64],
        min_length=1,
        max_length=32,
        description="widths of the layers of each update, each from 1 to 16384, such as [64, 64]",
    )
    activation: Activation = Field(default="silu", description="the function after each layer of an update")
    steps: Annotated[int, Field(ge=1, le=64)] = Field(
        default=1, description="how often the block is applied; from 2 up between an encoder and a decoder"
    )
    shared: bool = Field(default=True, description="whether all steps have the same weights")
    aggregate: Literal["sum", "mean", "max", "attention"] = Field(
        default="sum", description="how the edges that a node receives become one: sum, mean, max or attention"
    )
    variant: Variant = Field(default="full", description="what the updates read, by the name of an architecture")
    edge_update: Annotated[list[EdgeInput] | None, BeforeValidator(as_words)] = Field(
        default=None, description="what the edge update reads among [edges, receivers, senders, globals]"
    )
    node_update: Annotated[list[UpdateInput] | None, BeforeValidator(as_words)] = Field(
        default=None, description="what the node update reads among [edges, nodes, globals]"
    )
    global_update: Annotated[list[UpdateInput] | None, BeforeValidator(as_words)] = Field(
        default=None, description="what the update of the whole reads among [edges, nodes, globals]"
    )
    edges: Annotated[Edges, BeforeValidator(as_neighbours)] = Field(
        default="all",
        description="the graph: all, ring, chain, or a list of [sender, receiver], counted from 0; of samples of any "
        "size all, radius(1.5), nearest(8), or given by the data, as of a `graph` by default",
    )
    self_edges: bool = Field(default=False, description="whether every node sends to itself too")
    positions: Literal["differences", "centred"] = Field(
        default="differences",
        description="what is seen of points that translations move: differences along edges, or from the centroid",
    )

    @model_validator(mode="after")
    def _fit_together(self) -> GraphNetworkOptions:
        written = [name for name in ("edge_update", "node_update", "global_update") if getattr(self, name) is not None]
        if self.variant == "attention" and written:
            raise ValueError(f"write `variant` = attention without `{written[0]}`")
        if self.variant == "attention" and self.aggregate != "sum":
            raise ValueError("leave `aggregate` out: `variant` = attention weights by products of queries and keys")
        if self.self_edges and isinstance(self.edges, list):
            raise ValueError("leave `self_edges` out, and write pairs such as [0, 0] in `edges`")
        return self

    @property
    def reads(self) -> Reads:
        """What each update reads: as the variant says, where no option says otherwise."""
        known = VARIANTS[self.variant]
        return Reads(
            known.edge if self.edge_update is None else tuple(dict.fromkeys(self.edge_update)),
            known.node if self.node_update is None else tuple(dict.fromkeys(self.node_update)),
            known.whole if self.global_update is None else tuple(dict.fromkeys(self.global_update)),
            known.attends,
        )

    @property
    def encodes(self) -> bool:
        """Whether features are mapped one by one before the block."""
        return self.steps > 1 or self.variant == "comm_net"


def edge_list(options: GraphNetworkOptions, nodes: int) -> tuple[tuple[int, int], ...] | None:
    """(sender, receiver) of every edge, None for all pairs. A ring and a chain have edges both ways."""
    if isinstance(options.edges, list):
        return tuple((pair[0], pair[1]) for pair in options.edges)
    if options.edges == "all":
        return None
    count = nodes if options.edges == "ring" else nodes - 1
    forth = [(node, (node + 1) % nodes) for node in range(count)]
    both = dict.fromkeys(edge for one, other in forth for edge in ((one, other), (other, one)) if one != other)
    loops = [(node, node) for node in range(nodes)] if options.self_edges else []
    return (*both, *loops)
