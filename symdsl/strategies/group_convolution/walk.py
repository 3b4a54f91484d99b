"""What a walk over a list of layers knows: the feature map so far, the stages, the faults, the elements still exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from symdsl.check.grid import Grid
from symdsl.diagnostics.diagnostic import Diagnostic, Span
from symdsl.groups.group import Group
from symdsl.strategies.group_convolution.vocabulary import Layer

MEASURED = "`symdsl verify` measures the error"


@dataclass(frozen=True)
class FeatureMap:
    """`fields` fields over a grid; each has `copies` channels, one for each element of the group, or 1.

    `grid` is None once space is pooled away. `symmetric` is False once the group axis was flattened.
    """

    grid: Grid | None
    fields: int
    copies: int = 1
    symmetric: bool = True

    @property
    def text(self) -> str:
        """fields x copies x rows x columns, without what is not there."""
        parts = [self.fields, *([self.copies] if self.copies > 1 else []), *(self.grid or ())]
        return " x ".join(map(str, parts))


@dataclass(frozen=True)
class Stage:
    """A layer in its place. `norm` and `activation` are those of a convolution, with the defaults filled in."""

    name: str
    layer: Layer
    before: FeatureMap
    after: FeatureMap
    parameters: int = 0
    norm: bool = False
    activation: str = "identity"
    inserted: bool = False


@dataclass(frozen=True)
class Setting:
    """What a list is read against: the input, the group (None for a plain network), the output, and the defaults.

    `target_grid` is None where the output is a vector of `outputs` entries.
    """

    start: FeatureMap
    group: Group | None
    outputs: int
    target_grid: Grid | None
    norm: bool
    activation: str
    readout: str
    span: Span

    @property
    def order(self) -> int:
        """The number of elements of the group, 1 without one."""
        return 1 if self.group is None else self.group.order or 1


@dataclass(frozen=True)
class Fault:
    """A diagnostic of the walk; `exactness` marks one that `exactness = approximate` turns into a warning.

    `instead` is what the warning advises before it points at `verify`.
    """

    diagnostic: Diagnostic
    exactness: bool = False
    instead: str = ""

    def warning(self) -> Diagnostic:
        """The diagnostic where approximation is allowed."""
        advice = f"{self.instead}; `symdsl verify` measures the error" if self.instead else MEASURED
        return replace(self.diagnostic, severity="warning", hint=advice)


@dataclass
class Walk:
    """The stages so far, what was found, and the elements of the group that still hold exactly."""

    setting: Setting
    layers: Sequence[Layer]
    state: FeatureMap
    kept: frozenset[int]
    stages: list[Stage] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def parameters(self) -> int:
        """The number of trained parameters."""
        return sum(stage.parameters for stage in self.stages)

    def refuse(self, code: str, message: str, span: Span, hint: str | None = None, *notes: str) -> None:
        """Keep an error."""
        self.faults.append(Fault(Diagnostic(code, message, span, notes=notes, hint=hint)))
