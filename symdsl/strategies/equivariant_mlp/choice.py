"""Whether the network of invariants serves, what it costs, and which network `auto` stands for: counts, no arrays."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from symdsl.groups.actions.action import Action
from symdsl.groups.actions.invariant_theory import coefficients_of, invariant_count
from symdsl.groups.actions.placement import Placement, Setting, find_setting, placement_of

HIGHEST_RANK = 4
"""Tensors of a higher rank have too many terms."""
MOST_COEFFICIENTS = 16_384
"""Of one target."""
MOST_INVARIANTS = 16_384

NetworkChoice = Literal["tensors", "scalars", "auto"]


@dataclass(frozen=True)
class Content:
    """How many scalars and vectors belong to the whole, to each point and to each pair of points."""

    setting: Setting
    scalars: tuple[int, int, int]
    vectors: tuple[int, int, int]

    @property
    def pairs(self) -> bool:
        """Whether there are features of pairs of points."""
        return self.unlike or self.scalars[2] > 0

    @property
    def unlike(self) -> bool:
        """Whether points, or pairs of them, have vectors of their own."""
        return self.vectors[1] + self.vectors[2] > 0

    @property
    def own_vectors(self) -> int:
        """Vectors that a point, or the whole where there are no points, knows."""
        return self.vectors[0] + self.vectors[1]

    @property
    def local_vectors(self) -> int:
        """Vectors whose pairings are taken."""
        return self.vectors[0] + 2 * self.vectors[1] + self.vectors[2]

    @property
    def invariants(self) -> int:
        """Pairings that are taken at once."""
        group = self.setting.classical
        return 0 if group is None or not self.local_vectors else invariant_count(group, self.local_vectors)

    @property
    def features(self) -> int:
        """Scalars that the first layer is given."""
        own = self.scalars[0] + self.scalars[1] + (0 if self.unlike else self.invariants)
        return (2 * own + self.scalars[2] if self.pairs else own) + (self.invariants if self.unlike else 0)


def content_of(setting: Setting, placements: Sequence[Placement]) -> Content:
    """What the inputs hold."""
    scalars, vectors = [0, 0, 0], [0, 0, 0]
    for placement in placements:
        for copies, slots in placement.blocks:
            (vectors if slots else scalars)[len(placement.points)] += copies
    return Content(setting, (scalars[0], scalars[1], scalars[2]), (vectors[0], vectors[1], vectors[2]))


def can_give(placement: Placement | None, allowed_rank: int) -> bool:
    """Whether an array is made of what is served: at most pairs of points, tensors up to a rank."""
    return (
        placement is not None
        and len(placement.points) <= 2
        and all(len(slots) <= allowed_rank for _, slots in placement.blocks)
    )


def coefficients(content: Content, target: Placement) -> int:
    """The coefficients of one target."""
    return sum(coefficients_of(content.setting.classical, target.blocks, level_vectors(content, target)))


def level_vectors(content: Content, target: Placement) -> int:
    """How many vectors the tensors of a target are made of."""
    return content.own_vectors if of_points(content, target) else content.local_vectors


def of_points(content: Content, target: Placement) -> bool:
    """Whether a target is made of what single points know: it has one index or one point, or points are alike."""
    level, rank = len(target.points), max(len(slots) for _, slots in target.blocks)
    return level + rank <= 1 or (level <= 1 and not content.unlike)


def serves(inputs: Sequence[Action], targets: Sequence[Action]) -> bool:
    """Whether the network of invariants maps these inputs to these targets."""
    setting = find_setting(inputs[0].group)
    if setting is None:
        return False
    given = [placement_of(action, setting) for action in inputs]
    wanted = [placement_of(action, setting) for action in targets]
    if not all(can_give(each, 1) for each in given) or not all(can_give(each, HIGHEST_RANK) for each in wanted):
        return False
    content = content_of(setting, [each for each in given if each is not None])
    most = max(coefficients(content, each) for each in wanted if each is not None)
    return content.features > 0 and content.invariants <= MOST_INVARIANTS and most <= MOST_COEFFICIENTS


def chosen_network(
    choice: NetworkChoice, inputs: Sequence[Action], targets: Sequence[Action], hidden: Sequence[int]
) -> Literal["tensors", "scalars"]:
    """What `auto` stands for: scalars where they serve and need fewer multiplications than tensors at least do.

    Scalars also where a hidden layer is too narrow for one copy of what moves: tensors would have no way through.
    """
    if choice != "auto":
        return choice
    if not serves(inputs, targets):
        return "tensors"
    if hidden and min(hidden) < min((_copy(action) for action in inputs if not action.is_trivial), default=0):
        return "scalars"
    return "scalars" if scalars_cost(inputs, targets, hidden) < tensors_cost(inputs, targets, hidden) else "tensors"


def tensors_cost(inputs: Sequence[Action], targets: Sequence[Action], hidden: Sequence[int]) -> int:
    """Multiplications of the network of tensors, a sample, by a low estimate.

    Its linear maps, and one bilinear product of every hidden entry with a vector: it has many more.
    """
    sizes = [sum(math.prod(action.shape) for action in actions) for actions in (inputs, targets)]
    return _dense((sizes[0], *hidden, sizes[1])) + sum(hidden) * inputs[0].group.dimension


def scalars_cost(inputs: Sequence[Action], targets: Sequence[Action], hidden: Sequence[int]) -> int:
    """Multiplications of the free layers and pairings of the network of invariants, a sample."""
    setting = find_setting(inputs[0].group)
    assert setting is not None
    given = [placement for action in inputs if (placement := placement_of(action, setting)) is not None]
    wanted = [placement for action in targets if (placement := placement_of(action, setting)) is not None]
    content = content_of(setting, given)
    last, n = (hidden[-1] if hidden else content.features), setting.points
    pairing = content.local_vectors**2 * (setting.vector.dimension if setting.vector is not None else 0)
    # The first layer has two maps.
    free = _dense((content.features, *hidden)) + content.features * (hidden[0] if hidden else 0)
    heads = [last * coefficients(content, each) for each in wanted]
    if not n:
        return free + pairing + sum(heads)
    cost = 0
    if content.pairs:
        cost += n * n * (free + pairing)
        cost += n * (content.scalars[0] + content.scalars[1] + last) * last
    else:
        cost += n * free
    cost += last * last
    for target, head in zip(wanted, heads, strict=True):
        rank = max(len(slots) for _, slots in target.blocks)
        if len(target.points) + rank == 0:
            cost += head
        elif of_points(content, target):
            cost += n * (2 * last * last + head)
        else:
            cost += n * n * (last * last + head) + 2 * n * last * last
    return cost


def _copy(action: Action) -> int:
    """The dimension of one copy of what an action moves."""
    return math.prod(representation.dimension for _, representation in action.factors)


def _dense(widths: Sequence[int]) -> int:
    return sum(before * after for before, after in itertools.pairwise(widths))
