"""Finds strategies, groups, backends and data sources by entry point, lazily by the name that is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from symdsl.check.declaration import EstimatorDeclaration, StrategyDeclaration
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError

Declaration = TypeVar("Declaration")

STRATEGIES = "symdsl.strategies"
GROUPS = "symdsl.groups"
BACKENDS = "symdsl.backends"
SOURCES = "symdsl.sources"
ESTIMATORS = "symdsl.estimators"


@dataclass(frozen=True)
class Registry:
    """The plug-ins of one kind, by name. Names are known at once; what they name is imported when it is used."""

    kind: str
    points: Mapping[str, EntryPoint]

    @classmethod
    def of(cls, kind: str, points: tuple[EntryPoint, ...]) -> Registry:
        """The registry of `points`. Raises SymdslError SYM1007 (exit code 4) where two packages give one name."""
        by_name: dict[str, EntryPoint] = {}
        for point in sorted(points, key=lambda point: (point.name, point.value)):
            other = by_name.setdefault(point.name, point)
            if other.value != point.value:
                raise SymdslError(_clash(kind, other, point), exit_code=4)
        return cls(kind, by_name)

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self.points))

    def load(self, name: str) -> Any:
        """The object called `name`. Raises KeyError for an unknown one, SymdslError SYM1008 if its import fails."""
        point = self.points[name]
        try:
            return point.load()
        except (ImportError, AttributeError) as fault:
            diagnostic = Diagnostic(
                code="SYM1008",
                message=f"`{name}` of {self.kind} cannot be loaded",
                notes=(f"{point.value}: {fault}",),
                hint="install the package again, or remove it",
            )
            raise SymdslError(diagnostic, exit_code=4) from fault


@dataclass(frozen=True)
class EntryPointCatalogue:
    """The `Catalogue` of everything that is installed. The entry points are read once, when first needed."""

    @cached_property
    def strategies(self) -> Registry:
        """All strategies."""
        return self._registry(STRATEGIES)

    @cached_property
    def groups(self) -> Registry:
        """All group constructors."""
        return self._registry(GROUPS)

    @cached_property
    def backends(self) -> Registry:
        """All backends."""
        return self._registry(BACKENDS)

    @cached_property
    def sources(self) -> Registry:
        """All data sources."""
        return self._registry(SOURCES)

    @cached_property
    def estimators(self) -> Registry:
        """All ways to learn a symmetry."""
        return self._registry(ESTIMATORS)

    def strategy_names(self) -> tuple[str, ...]:
        """All strategies, sorted."""
        return self.strategies.names()

    def strategy(self, name: str) -> StrategyDeclaration:
        """The declaration of a strategy. Raises KeyError; SymdslError SYM1008 for a plug-in that is not one."""
        return _declared(self.strategies, name, StrategyDeclaration)

    def estimator_names(self) -> tuple[str, ...]:
        """All ways to learn a symmetry, sorted."""
        return self.estimators.names()

    def estimator(self, name: str) -> EstimatorDeclaration:
        """The declaration of an estimator. Raises KeyError; SymdslError SYM1008 for a plug-in that is not one."""
        return _declared(self.estimators, name, EstimatorDeclaration)

    def group_names(self) -> tuple[str, ...]:
        """All group constructors, sorted."""
        return self.groups.names()

    def group(self, name: str) -> Callable[..., object]:
        """The constructor of a group. Raises KeyError."""
        return self.groups.load(name)

    def _registry(self, kind: str) -> Registry:
        return Registry.of(kind, tuple(point for point in self._points if point.group == kind))

    @cached_property
    def _points(self) -> tuple[EntryPoint, ...]:
        installed = entry_points()
        kinds = (STRATEGIES, GROUPS, BACKENDS, SOURCES, ESTIMATORS)
        return tuple(point for kind in kinds for point in installed.select(group=kind))


def _declared(registry: Registry, name: str, wanted: type[Declaration]) -> Declaration:
    """What the entry point `name` declares. Raises KeyError; SymdslError SYM1008 where it declares something else."""
    declaration = registry.load(name)
    if not isinstance(declaration, wanted):
        diagnostic = Diagnostic(
            code="SYM1008",
            message=f"`{name}` of {registry.kind} is a {type(declaration).__name__}, not a {wanted.__name__}",
            notes=(registry.points[name].value,),
            hint="the entry point names the declaration",
        )
        raise SymdslError(diagnostic, exit_code=4)
    return declaration


def _clash(kind: str, first: EntryPoint, second: EntryPoint) -> Diagnostic:
    owners = [point.dist.name if point.dist else "an unnamed package" for point in (first, second)]
    return Diagnostic(
        code="SYM1007",
        message=f"two packages give `{first.name}` of {kind}",
        notes=tuple(f"{owner}: {point.value}" for owner, point in zip(owners, (first, second), strict=True)),
        hint=f"remove one of {owners[0]} and {owners[1]}",
    )
