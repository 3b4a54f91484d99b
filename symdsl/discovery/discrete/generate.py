"""Generators of the group of all elements that hold, as few as may be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symdsl.discovery.bounds import upper_bound
from symdsl.discovery.discrete.cosets import closed
from symdsl.discovery.discrete.judge import Asked
from symdsl.discovery.discrete.proposal import Array


def generated(asked: Sequence[Asked], algebra: Array, alpha: float) -> list[Asked]:
    """Those that generate the group of them all, turns of large order first; none where there is no finite one.

    Of two that make no finite group together, one is left out where it is worse beyond doubt, at level `alpha`, than
    what it meets; otherwise the data do not tell which holds, and the answer is none.
    """
    kept: list[Asked] = []
    size = 1
    for each in sorted(asked, key=lambda each: float(np.mean(each.errors))):
        elements = closed(np.stack([one.proposal.matrix for one in [*kept, each]]), algebra)
        if elements is not None:
            if len(elements) > size:
                kept, size = [*kept, each], len(elements)
        elif not all(
            upper_bound(one.errors - each.errors, alpha) < 0.0 for one in kept if one.proposal.kind == "cyclic"
        ):
            return []
    return _fewest(kept, algebra, size)


def _fewest(kept: Sequence[Asked], algebra: Array, size: int) -> list[Asked]:
    """Without those that the others generate: turns of small order are left out first, and long permutations."""
    result = list(kept)
    for each in sorted(kept, key=lambda each: -each.order if each.proposal.kind == "permutations" else each.order):
        rest = [one for one in result if one is not each]
        if rest:
            elements = closed(np.stack([one.proposal.matrix for one in rest]), algebra)
            if elements is not None and len(elements) == size:
                result = rest
    return result
