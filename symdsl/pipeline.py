"""The whole compiler on one page.

text --parse--> AST --check--> typed spec --build--> IR --lower--> plan --emit--> source --load--> model
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from symdsl.api import check_from
from symdsl.check.spec import Model
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.registry import EntryPointCatalogue
from symdsl.session import Session, limit_diagnostic

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symdsl.backends.backend import Backend, CompiledModel
    from symdsl.ir.graph import ModelGraph
    from symdsl.plan.nodes import Program

OUR_FAULT = "this is our fault, not the spec's; please send us the spec"


@dataclass(frozen=True)
class Compilation:
    """One model on its way from typed spec to running code; each stage is computed when it is first asked for."""

    spec: Model
    session: Session = field(default_factory=Session)
    catalogue: EntryPointCatalogue = field(default_factory=EntryPointCatalogue)

    @cached_property
    def graph(self) -> ModelGraph:
        """The IR, typed and verified.

        Raises SymdslError where an enforced symmetry cannot be kept, SYM1307 where it is learned and has no card yet.
        """
        from symdsl.ir.graph import verify_graph
        from symdsl.ir.types import EquivarianceError
        from symdsl.strategies.assemble import build_graph

        missing = [each for each in self.spec.symmetries.values() if each.learned is not None and each.learned.missing]
        if missing:
            from symdsl.check.learned import card_needed

            raise SymdslError(*map(card_needed, missing))
        try:
            graph = build_graph(self.spec)
        except EquivarianceError as error:
            raise SymdslError(equivariance_diagnostic(error, self.spec)) from error
        try:
            verify_graph(graph.forward)
        except EquivarianceError as error:
            raise SymdslError(Diagnostic("SYM9002", error.message, hint=OUR_FAULT), exit_code=70) from error
        return graph

    @cached_property
    def program(self) -> Program:
        """The plan, in the layout of feature maps that the backend likes."""
        return self.lower(channels_last=self.backend.channels_last)

    def lower(self, channels_last: bool, traced: bool = False) -> Program:
        """The plan in a given layout; `traced` adds a method that returns every value of the IR."""
        from symdsl.passes.lowering.program import lower_model
        from symdsl.plan.verify import verify_program

        program = lower_model(self.graph, self.spec, channels_last, traced)
        verify_program(program)
        self._verify_size(program)
        return program

    def _verify_size(self, program: Program) -> None:
        """Raises SymdslError SYM0706, before any parameter is drawn, where the session allows fewer of them."""
        from symdsl.plan.cost import count_parameters

        count, limits = count_parameters(program.root), self.session.limits
        if count > limits.parameters:
            raise SymdslError(limit_diagnostic(limits, "parameters", count, self.spec.network.span))

    @cached_property
    def backend(self) -> Backend:
        """The backend of the session; the installed one by default, torch where both are."""
        return choose_backend(self.catalogue, self.session.backend)

    @cached_property
    def source(self) -> str:
        """The emitted Python file."""
        return self.backend.emit(self.program)

    def instantiate(self, weights: Mapping[str, NDArray[Any]] | None = None) -> CompiledModel:
        """Import the emitted source and make the model, its weights given or drawn from the session's seed."""
        self.backend.requirements.verify(self.backend.name)
        if weights is not None:
            self.check_weights(weights)
        return self.load_model(self.program, weights)

    def load_model(self, program: Program, weights: Mapping[str, NDArray[Any]] | None) -> CompiledModel:
        """The model of the emitted source of a program of this compilation, such as the folded one."""
        from symdsl.backends.backend import stored_constants
        from symdsl.backends.source_cache import cache_source

        source = self.source if program is self.program else self.backend.emit(program)
        path = cache_source(source, stored_constants(program), self.backend.name)
        model = self.backend.instantiate(program, path, weights, self.session.seed, self.session.dtype)
        if self.session.device != "cpu":
            model.place(self.session.device)
        return model

    def check_weights(self, weights: Mapping[str, NDArray[Any]]) -> None:
        """Raises SymdslError (SYM0903, SYM0904; exit code 2) where names or shapes are not those of the model."""
        from symdsl.artifact.weights import check_weights
        from symdsl.plan.initial import parameter_table, state_table

        tables = {**parameter_table(self.program.root), **state_table(self.program.root)}
        check_weights("the weights file", weights, {name: each.shape for name, each in tables.items()})

    def fold(
        self, weights: Mapping[str, NDArray[Any]], entry_points: tuple[str, ...] | None = None
    ) -> tuple[Program, dict[str, NDArray[Any]]]:
        """The program whose symmetry is compiled away, for these weights, and its own weights.

        It has the entry points of inference, or only those that are named.
        """
        from symdsl.passes.fold import fold
        from symdsl.plan.initial import initial_state

        self.check_weights(weights)
        state = {name: weights[name] for name in initial_state(self.program.root)}
        parameters = {name: value for name, value in weights.items() if name not in state}
        kept = self.program if entry_points is None else replace(self.program, entry_points=entry_points)
        return fold(kept, parameters, state)


def prepare(
    spec: str | Path, session: Session | None = None, model: str | None = None, caller: FrameType | None = None
) -> Compilation:
    """Parse and check a spec, given as text or as the path of a file. Raises SymdslError with all its faults.

    `caller` is the frame whose source may hold the text as a literal, for true line numbers.
    """
    session = session or Session()
    result = check_from(spec, session.parameters, session.limits, session.allow_paths, caller, session.cards)
    return Compilation(result.model(model), session)


def choose_backend(catalogue: EntryPointCatalogue, name: str | None) -> Backend:
    """The backend by name, or the installed one. Raises SymdslError, exit code 4 where none is installed."""
    if name is not None:
        if name not in catalogue.backends.names():
            known = ", ".join(catalogue.backends.names())
            diagnostic = Diagnostic("SYM1001", f"there is no backend `{name}`", hint=f"the installed ones are {known}")
            raise SymdslError(diagnostic, exit_code=2)
        return catalogue.backends.load(name)
    loaded = [catalogue.backends.load(each) for each in ("torch", "jax") if each in catalogue.backends.names()]
    installed = [backend for backend in loaded if not backend.requirements.missing()]
    if not installed:
        message = "neither torch nor jax is installed"
        hint = 'run: pip install "symdsl[torch]", or "symdsl[jax]"'
        raise SymdslError(Diagnostic("SYM1002", message, hint=hint), exit_code=4)
    return installed[0]


def equivariance_diagnostic(error: Any, spec: Model) -> Diagnostic:
    """An IR typing fault as a diagnostic at the enforcement that asked for the map."""
    enforcement = spec.structure or spec.network
    diagnostic = Diagnostic("SYM0413", error.message, span=enforcement.span, hint=error.hint or None)
    return replace(diagnostic, notes=(error.note,) if error.note else ())
