"""What is done about the symmetries: which strategies, with which options, whether they go together (SEMANTICS 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from pydantic import BaseModel

from symdsl.check.declaration import Catalogue, Offer, StrategyDeclaration
from symdsl.check.evaluate import Evaluator
from symdsl.check.exactness import complete_exactness
from symdsl.check.option_faults import WrittenOption
from symdsl.check.options import evaluate_options, validate_options
from symdsl.check.reporter import Reporter
from symdsl.check.rows import verify_takes_rows
from symdsl.check.spec import Constraint, Enforcement, Field, Symmetry
from symdsl.check.strategy_names import find_strategy
from symdsl.diagnostics.diagnostic import Label, Span, SymdslError
from symdsl.syntax import ast

DEFAULT_NETWORK = "mlp"
KINDS: Mapping[str, str] = MappingProxyType({"structure": "a structure", "objective": "an objective"})


@dataclass
class Use:
    """A strategy as a spec uses it, before its options are validated; `symmetries` are names that exist."""

    declaration: StrategyDeclaration
    span: Span
    symmetries: tuple[str, ...] = ()
    options: dict[str, WrittenOption] = field(default_factory=dict)
    also_known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Enforcements:
    """The parts of a model: exactly one network, at most one structure, any number of objectives."""

    network: Enforcement
    structure: Enforcement | None
    objectives: tuple[Enforcement, ...]
    facts: tuple[str, ...]


@dataclass
class EnforcementChecker:
    """Checks the `enforce` lines of one model. `failed` are symmetries whose fault is already reported."""

    catalogue: Catalogue
    evaluator: Evaluator
    symmetries: Mapping[str, Symmetry]
    failed: frozenset[str]
    inputs: tuple[Field, ...]
    targets: tuple[Field, ...]
    constraints: tuple[Constraint, ...] = ()
    facts: list[str] = field(default_factory=list)

    @property
    def reporter(self) -> Reporter:
        """Where faults go."""
        return self.evaluator.reporter

    def check(
        self, model: ast.ModelDeclaration, predict: ast.Predict | None, judge: bool = True
    ) -> Enforcements | None:
        """The enforcements of a model; None where a fault was reported.

        With `judge` False, where the prediction itself has a fault, only names, options and counts are checked.
        """
        before = self.reporter.error_count()
        uses, sound = self._uses(model, predict)
        if not sound:
            self._options_alone(uses)
            return None
        by_kind = {
            kind: [use for use in uses if use.declaration.kind == kind]
            for kind in ("structure", "network", "objective")
        }
        self._at_most_one(by_kind["structure"], "SYM0507", "structure")
        self._at_most_one(by_kind["network"], "SYM0508", "network")
        self._each_symmetry_once([*by_kind["structure"][:1], *by_kind["network"][:1]])
        for name in dict.fromkeys(use.declaration.name for use in by_kind["objective"]):
            self._each_symmetry_once([use for use in by_kind["objective"] if use.declaration.name == name])
        if self.reporter.error_count() > before:
            return None
        structure = by_kind["structure"][0] if by_kind["structure"] else None
        network = self._network(by_kind["network"], structure, model)
        if network is None:
            return None
        if structure is not None and by_kind["network"]:
            self._refuse_network_options(structure, network)
        self._refuse_unkept(structure)
        if not judge:
            for use in [*([structure] if structure else []), network, *by_kind["objective"]]:
                self._options(use)
            return None
        checked_structure = self._judged(structure) if structure else None
        checked_network = self._judged(network, None if structure is None else structure.declaration)
        objectives = [self._judged(use) for use in by_kind["objective"]]
        sound = [use for use in objectives if use is not None]
        if checked_network is None or len(sound) < len(objectives) or self.reporter.error_count() > before:
            return None
        return Enforcements(checked_network, checked_structure, tuple(sound), tuple(self.facts))

    def _uses(self, model: ast.ModelDeclaration, predict: ast.Predict | None) -> tuple[list[Use], bool]:
        uses: list[Use] = []
        sound = True
        if predict is not None and predict.network is not None:
            use = self._use(predict.network, ())
            if use is not None and use.declaration.kind != "network":
                self.reporter.error(
                    "SYM0508", f"`{use.declaration.name}` is not a network", use.span, KINDS[use.declaration.kind],
                    hint=f"write `enforce SYMMETRY by {use.declaration.name}`",
                )  # fmt: skip
                use = None
            sound = sound and use is not None
            uses += [use] if use is not None else []
        for statement in model.statements:
            if isinstance(statement, ast.Enforce):
                names = self._symmetry_names(statement)
                use = self._use(statement.strategy, names or ())
                sound = sound and use is not None and names is not None
                uses += [use] if use is not None else []
        return uses, sound

    def _symmetry_names(self, statement: ast.Enforce) -> tuple[str, ...] | None:
        sound, names = True, list[str]()
        for name in statement.symmetries:
            if name.text in names:
                self.reporter.error("SYM0509", f"`{name.text}` stands twice in this line", name.span, "here again")
                sound = False
            elif name.text in self.symmetries:
                names.append(name.text)
            else:
                sound = False
                if name.text not in self.failed:
                    self.reporter.unknown(
                        "SYM0202", "symmetry", name.text, name.span, {*self.symmetries, *self.failed},
                        none=f"declare it: symmetry {name.text}: C(4)",
                    )  # fmt: skip
        return tuple(names) if sound else None

    def _use(self, written: ast.StrategyUse, symmetries: tuple[str, ...]) -> Use | None:
        declaration = find_strategy(written.name, self.catalogue, self.reporter)
        options = evaluate_options(written.options, self.evaluator)
        if declaration is None or options is None:
            return None
        return Use(declaration, written.name.span, symmetries, options)

    def _at_most_one(self, uses: list[Use], code: str, kind: str) -> None:
        for use in uses[1:]:
            first = uses[0]
            names = ", ".join(dict.fromkeys((*first.symmetries, *use.symmetries)))
            if first.declaration.name != use.declaration.name or not first.symmetries:
                hint = f"keep one of {first.declaration.name} and {use.declaration.name}"
            elif kind == "structure":
                hint = f"leave this line out, and keep: enforce {', '.join(first.symmetries)} by {use.declaration.name}"
            else:
                hint = f"write one line: enforce {names} by {use.declaration.name}"
            self.reporter.error(
                code, f"a second {kind}", use.span, f"a model has one {kind}",
                related=(Label(first.span, f"the first {kind}"),), hint=hint,
            )  # fmt: skip

    def _each_symmetry_once(self, uses: list[Use]) -> None:
        seen: dict[str, Use] = {}
        for use in uses:
            for name in use.symmetries:
                first = seen.setdefault(name, use)
                if first is not use:
                    again = first.declaration.name == use.declaration.name
                    self.reporter.error(
                        "SYM0509", f"`{name}` is enforced twice", use.span, f"by {use.declaration.name}",
                        related=(Label(first.span, f"by {first.declaration.name}"),),
                        hint="leave one of the lines out" if again else "let one strategy enforce it",
                    )  # fmt: skip

    def _network(self, written: list[Use], structure: Use | None, model: ast.ModelDeclaration) -> Use | None:
        """The network that is named, else the default one with the options of the structure that are the network's."""
        if written:
            return written[0]
        try:
            declaration = self.catalogue.strategy(DEFAULT_NETWORK)
        except (KeyError, SymdslError):
            self.reporter.error(
                "SYM0203", f"no network is named, and the default one, `{DEFAULT_NETWORK}`, is not installed",
                model.name.span, hint="install symdsl again",
            )  # fmt: skip
            return None
        network = Use(declaration, structure.span if structure else model.name.span)
        if structure is not None:
            own, inner = structure.declaration.options.model_fields, declaration.options.model_fields
            moved = [name for name in structure.options if name not in own and name in inner]
            network.options = {name: structure.options.pop(name) for name in moved}
            find_defaults = structure.declaration.network_defaults
            said = {name: option.value for name, option in structure.options.items()}
            for name, value in (find_defaults(said) if find_defaults is not None else {}).items():
                network.options.setdefault(name, WrittenOption(value, structure.span, structure.span))
            structure.also_known = tuple(inner)
        return network

    def _refuse_network_options(self, structure: Use, network: Use) -> None:
        own = structure.declaration.options.model_fields
        for name in [name for name in structure.options if name not in own]:
            if name in network.declaration.options.model_fields:
                inner, option = network.declaration.name, structure.options.pop(name)
                self.reporter.error(
                    "SYM0205", f"`{name}` is an option of the network", option.name_span,
                    f"{structure.declaration.name} is no network", related=(Label(network.span, "the network"),),
                    hint=f"move it: by {inner} {{ {name} = ... }}",
                )  # fmt: skip

    def _refuse_unkept(self, structure: Use | None) -> None:
        """An error for a constraint where nothing makes the motion keep it."""
        if structure is not None and structure.declaration.keeps_constraints:
            return
        for constraint in self.constraints:
            who = "nothing here" if structure is None else f"`{structure.declaration.name}`"
            self.reporter.error(
                "SYM0517", f"{who} keeps `{constraint.name}`", constraint.span, "would be broken",
                notes=("a constraint is kept by the equations of a motion",),
                hint="declare `symmetry time: translation(t)`, and `enforce time by hamiltonian { kinetic = mass }`",
            )  # fmt: skip

    def _options_alone(self, uses: list[Use]) -> None:
        """Report faults of options where nothing else can be judged; a lone structure may hold those of a network."""
        named = any(use.declaration.kind == "network" for use in uses)
        for use in uses:
            if named or use.declaration.kind != "structure":
                self._options(use)

    def _options(self, use: Use) -> BaseModel | None:
        declaration = use.declaration
        return validate_options(
            declaration.name, use.options, declaration.options, use.span, self.evaluator, use.also_known
        )

    def _refuse_partial(self, symmetry: Symmetry, use: Use) -> None:
        """A group that holds over a range of its parameters would be kept as a whole."""
        assert symmetry.learned is not None
        self.reporter.error(
            "SYM1309", f"`{symmetry.name}` holds over a range of its parameters only", use.span,
            "would hold for all of them",
            notes=(f"{symmetry.learned.source} has `ranges`; a network that is equivariant is so under a whole group",),
            hint=f"write: enforce {symmetry.name} by augmentation, which moves samples within the ranges",
        )  # fmt: skip

    def _judged(self, use: Use, structure: StrategyDeclaration | None = None) -> Enforcement | None:
        """The enforcement with its options validated, if its strategy can serve, inside a structure or alone."""
        declaration, options = use.declaration, self._options(use)
        fields = (*self.inputs, *self.targets)
        if options is None or not verify_takes_rows(declaration, use.span, fields, self.catalogue, self.reporter):
            return None
        spans = {name: option.span for name, option in use.options.items()}
        wanted = tuple(self.symmetries[name] for name in use.symmetries)
        offer = Offer(
            inputs=self.inputs,
            targets=() if structure is not None else self.targets,
            symmetries=wanted,
            all_symmetries=tuple(self.symmetries.values()),
            options=options,
            option_spans=spans,
            span=use.span,
            scalar_target=structure is not None,
            constraints=self.constraints,
            structure=structure,
        )
        partial = next((each for each in wanted if each.learned is not None and each.learned.partial), None)
        if partial is not None and not declaration.draws_ranges:
            self._refuse_partial(partial, use)
            return None
        try:
            verdict = declaration.judge(offer)
        except SymdslError as refusal:
            self.reporter.add(*(replace(fault, span=fault.span or use.span) for fault in refusal.diagnostics))
            return None
        self.reporter.add(*verdict.diagnostics)
        self.facts += [f"{declaration.name}: {fact}" for fact in verdict.facts]
        if any(diagnostic.severity == "error" for diagnostic in verdict.diagnostics):
            return None
        exactness = complete_exactness(verdict, use.symmetries, declaration.name)
        return Enforcement(use.symmetries, declaration, options, spans, exactness, use.span)
