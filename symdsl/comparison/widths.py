"""Variants of equal size: widths are scaled until the parameters, or the work for a sample, are those of the spec."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from symdsl.check.declaration import Catalogue
from symdsl.comparison.variants import Variant, compile_tree, with_network
from symdsl.pipeline import Compilation
from symdsl.plan.cost import cost_of_method, count_parameters
from symdsl.plan.initial import draw_parameters, initial_state
from symdsl.session import Session

Equal = Literal["parameters", "compute", "none"]
WIDEST = 64.0
"""How many times wider or narrower than written a network may become."""

STEPS, LEAST = 30, 1e-4
"""Bisections, and the difference of two factors below which they are taken to name one network."""

CLOSE = 0.05
"""How far from the reference a size may be without a word about it."""


@dataclass(frozen=True)
class Size:
    """Trained numbers, and multiply-adds for one sample once the symmetry is compiled away."""

    parameters: int
    multiply_adds: int

    def of(self, equal: Equal) -> int:
        """The number that is to be equal."""
        return self.multiply_adds if equal == "compute" else self.parameters


@dataclass
class Sizes:
    """The sizes of variants, each network measured once."""

    session: Session
    catalogue: Catalogue
    known: dict[str, Size] = field(default_factory=dict)

    def of(self, variant: Variant) -> Size:
        """The size of a variant. Raises SymdslError where it cannot be compiled."""
        compilation = compile_tree(variant.tree, variant.entry, self.session, self.catalogue)
        key = compilation.graph.content_hash()
        if key not in self.known:
            self.known[key] = measure_size(compilation)
        return self.known[key]


def measure_size(compilation: Compilation) -> Size:
    """The size of a model; it is folded with the weights that it starts from."""
    root = compilation.program.root
    folded, _ = compilation.fold({**draw_parameters(root, 0), **initial_state(root)})
    return Size(count_parameters(root), cost_of_method(folded.root, "forward").multiply_adds)


def of_equal_size(variant: Variant, target: Size, equal: Equal, sizes: Sizes) -> Variant:
    """The variant with the widths, all scaled by one factor, that bring it nearest to `target`; the narrower of two.

    As it is where it has the size already, where nothing is to be equal, and where its strategy has no widths to scale.
    """
    compilation = compile_tree(variant.tree, variant.entry, sizes.session, sizes.catalogue)
    scaled, written = compilation.spec.network.strategy.scaled, compilation.spec.network.options
    if equal == "none" or scaled is None or sizes.of(variant).of(equal) == target.of(equal):
        return variant
    search = Search(lambda factor: with_network(variant, scaled(written, factor)), target.of(equal), equal, sizes)
    return search.nearest()


@dataclass
class Search:
    """Bisection over the factor: sizes grow with it, in steps."""

    make: Callable[[float], Variant]
    target: int
    equal: Equal
    sizes: Sizes
    found: list[tuple[int, float, Variant]] = field(default_factory=list)

    def size(self, factor: float) -> int:
        """The size at a factor, kept as a candidate."""
        variant = self.make(factor)
        size = self.sizes.of(variant).of(self.equal)
        self.found.append((abs(size - self.target), factor, variant))
        return size

    def nearest(self) -> Variant:
        """The candidate whose size is nearest to the target."""
        low = high = 1.0
        if self.size(1.0) < self.target:
            while high < WIDEST and self.size(2 * high) < self.target:
                high *= 2
            low, high = high, 2 * high
        else:
            while low > 1 / WIDEST and self.size(low / 2) > self.target:
                low /= 2
            low, high = low / 2, low
        for _ in range(STEPS):
            if high - low < LEAST * high:
                break
            middle = (low + high) / 2
            low, high = (middle, high) if self.size(middle) < self.target else (low, middle)
        return min(self.found, key=lambda each: each[:2])[2]
