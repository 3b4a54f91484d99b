"""From data to a certified group: estimate, close, name, refine, certify, freeze."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from symdsl.cards.card import Certificate, GroupCard
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.discovery.cards import card_of
from symdsl.discovery.certify import Trial, certify, held_losses, is_hopeless, is_unexplained, refused, with_rivals
from symdsl.discovery.codes import encoder_relative
from symdsl.discovery.contender import Contender, contenders_of
from symdsl.discovery.coordinates import Coordinates, spread
from symdsl.discovery.density import against_normal
from symdsl.discovery.discrete.part import with_discrete_part
from symdsl.discovery.estimate import Candidate, Estimate, Silent, Watch
from symdsl.discovery.estimators.augmentation_range.declaration import AugmentationRangeOptions
from symdsl.discovery.estimators.null_space.declaration import NullSpaceOptions
from symdsl.discovery.partial import aligned, certify_part, is_partial
from symdsl.discovery.population import Fitted, GiveUp, Schedule
from symdsl.discovery.problem import Options, Problem
from symdsl.discovery.refine import Refined, is_constant, refine
from symdsl.discovery.snap import snapped
from symdsl.discovery.surrogate import Scale, Surrogate, fit_surrogate, targets_of
from symdsl.discovery.views import certify_views
from symdsl.discovery.within import algebra_within
from symdsl.groups.identification.closing import Closed
from symdsl.groups.identification.identify import Identification
from symdsl.pipeline import Compilation, choose_backend
from symdsl.registry import EntryPointCatalogue

Array = NDArray[np.float64]
HELD_OUT: Final = 0.25
"""The part of the data that only certificates see."""
MOST_TRIED: Final = 3
"""Candidates that are trained and certified; those that do not close cost nothing and do not count."""
CLASS_AS_GOOD: Final = 1.2
"""How many times the best validation loss an algebra that noise hides may have, and still be preferred."""
CLASS_CLEAR: Final = 2.0
"""How many times the loss of the one that is taken it must have, or the class is left open."""
SCREENING: Final = 5
"""The part of the training after which a network that explains little is given up."""
EXPLAINS_LITTLE: Final = 0.3
"""How much more than a free network it then leaves, as a part of what that one explains."""
ONLY_CONSTANTS: Final = "SYM0413"
"""The code of what a spec is refused with when no function but a constant keeps its group."""
CONSTANT: Final = "no polynomial but a constant keeps it, and networks of tensors are made of polynomials"
MEMBERS, STEPS = 5, 4000


@dataclass(frozen=True)
class Finding:
    """A candidate and what became of it.

    The card is in the coordinates of the data; what comes before it in those that make the data white. `decoys` (C,)
    are the held-out losses of conjugate groups, `loss` that of the group itself.
    """

    candidate: Candidate
    closed: Closed | None
    identification: Identification | None
    certificate: Certificate | None
    discrete: Array
    card: GroupCard | None
    decoys: Array | None = None
    loss: float | None = None

    @property
    def trained(self) -> bool:
        """Whether a network could be trained that keeps the group."""
        return self.certificate is None or self.certificate.tests[0].bound is not None


@dataclass(frozen=True)
class Discovery:
    """What was asked, what was found on the way, and the card of the group that was chosen, or None."""

    problem: Problem
    options: Options
    estimate: Estimate
    findings: tuple[Finding, ...]
    card: GroupCard | None
    seconds: dict[str, float]
    backend: str


def discover(problem: Problem, options: Options, watch: Watch | None = None) -> Discovery:
    """The largest group that held-out data certify; where there is none, the best candidate with its verdict.

    The same problem, options and version give the same card. Raises SymdslError for a backend that is not installed, an
    estimator that does not solve the problem's law, and a group `within` that does not act on the data.
    """
    watch = watch or Silent()
    seconds: dict[str, float] = {}
    backend = choose_backend(EntryPointCatalogue(), options.backend).name
    options = replace(options, backend=backend)
    if options.within is not None and problem.basis is None:
        problem = replace(problem, basis=algebra_within(options.within, problem.dimension))
    learned, held = split(problem, options.seed)
    if problem.law == "views":
        return _discover_views(problem, learned, held, options, watch, backend)
    reaching = EntryPointCatalogue().estimator(options.by).ranges
    coordinates = Coordinates.of(spread(learned, options.seed) if reaching else learned)
    white, white_held = coordinates.white(learned), coordinates.white(held)
    if problem.law == "density":
        white, white_held = against_normal(white, options.seed), against_normal(white_held, options.seed + 1)
    with _timed(seconds, "estimate"):
        estimate, settings = _estimate(white, options, watch)
    with _timed(seconds, "certify"):
        trial = _trial(white, white_held, estimate, options, settings, watch)
        findings = _findings(problem, trial, estimate, coordinates, options, watch)
    with _timed(seconds, "discrete"):
        card = with_discrete_part(problem, (learned, held), trial, coordinates, _chosen(findings), options, watch)
    return Discovery(problem, options, estimate, findings, card, seconds, backend)


def _discover_views(
    problem: Problem, learned: Problem, held: Problem, options: Options, watch: Watch, backend: str
) -> Discovery:
    """The same of pairs of views, whose operators need no network: they carry unseen pairs, or do not."""
    seconds: dict[str, float] = {}
    with _timed(seconds, "estimate"):
        estimate, _ = _estimate(learned, options, watch)
    findings: list[Finding] = []
    same = Coordinates(np.eye(problem.dimension), None)
    with _timed(seconds, "certify"):
        for candidate in estimate.candidates[:MOST_TRIED]:
            contenders = contenders_of(candidate)
            if not contenders:
                continue
            contender = contenders[-1]
            if candidate.space == "codes":
                findings.append(_of_codes(candidate, contender, held, options))
                continue
            judged = certify_views(held, contender, options, MOST_TRIED)
            card = card_of(problem, contender, judged.certificate, same, options)
            findings.append(Finding(
                candidate, contender.closed, contender.identification, judged.certificate, card.discrete, card,
                judged.decoys, judged.candidate,
            ))  # fmt: skip
    return Discovery(problem, options, estimate, tuple(findings), _chosen(tuple(findings)), seconds, backend)


def split(problem: Problem, seed: int) -> tuple[Problem, Problem]:
    """The samples that are learned from, and a quarter that is only judged by."""
    order = np.random.default_rng([seed, 0]).permutation(problem.samples)
    count = round(HELD_OUT * problem.samples)
    return problem.rows(np.sort(order[count:])), problem.rows(np.sort(order[:count]))


def _estimate(white: Problem, options: Options, watch: Watch) -> tuple[Estimate, Any]:
    catalogue = EntryPointCatalogue()
    declaration = catalogue.estimator(options.by)
    settings = declaration.options(**options.settings)
    module, _, name = declaration.implementation.partition(":")
    from importlib import import_module

    return getattr(import_module(module), name)(white, options, settings, watch), settings


def _trial(
    white: Problem, held: Problem, estimate: Estimate, options: Options, settings: Any, watch: Watch
) -> Trial:
    """What candidates are judged with; an estimator that trained a free ensemble hands it on."""
    members = settings.members if isinstance(settings, NullSpaceOptions) else MEMBERS
    steps = settings.steps if isinstance(settings, NullSpaceOptions | AugmentationRangeOptions) else STEPS
    free = estimate.surrogate
    if not isinstance(free, Surrogate):
        watch.stage("free networks", steps)
        free = fit_surrogate(white, members, steps, options.backend, options.seed, watch.step)
    scale = Scale.of(white) if white.classes is None else None
    return Trial(white, targets_of(white, scale), held, targets_of(held, scale), free, members, steps)


def _findings(
    problem: Problem, trial: Trial, estimate: Estimate, coordinates: Coordinates, options: Options, watch: Watch
) -> tuple[Finding, ...]:
    """Candidates in their order, each larger than the ones that are certified already."""
    findings: list[Finding] = []
    tried = certified = 0
    for candidate in estimate.candidates:
        if tried == MOST_TRIED or len(candidate.generators) <= certified:
            continue
        finding = _judged(problem, trial, candidate, coordinates, options, watch)
        if finding is None:
            continue
        tried += finding.trained
        findings.append(finding)
        if finding.certificate is not None and finding.certificate.verdict == "certified":
            certified = len(candidate.generators)
    return tuple(findings)


def _judged(
    problem: Problem, trial: Trial, candidate: Candidate, coordinates: Coordinates, options: Options, watch: Watch
) -> Finding | None:
    """What becomes of a candidate; None where no algebra is near to it."""
    contenders = contenders_of(candidate)
    if not contenders:
        return None
    if candidate.space == "codes":
        return _of_codes(candidate, contenders[-1], trial.held, options)
    if is_partial(candidate) and problem.y is not None:
        return _of_part(problem, trial, candidate, contenders[-1], coordinates, options, watch)
    none = np.zeros((0, *contenders[-1].generators.shape[1:]))
    found: list[tuple[Refined, Compilation]] = []
    certificate = None
    for contender in contenders:
        watch.stage(f"the frame of {contender.identification.name}", trial.steps)
        try:
            network = contender.network(trial.learned, trial.targets.width, options.backend, options.seed)
            if is_constant(network, trial.learned, contender):
                certificate = refused(trial, CONSTANT, False, options)
                continue
            refined, refuted = _refined(trial, contender, network, options, watch)
        except SymdslError as refusal:
            certificate = _without_network(trial, refusal, options)
            continue
        certificate = refuted or certificate
        if refuted is None:
            found.append((refined, network))
    if not found:
        return Finding(candidate, contenders[-1].closed, contenders[-1].identification, certificate, none, None)
    losses = np.array([np.mean(refined.fitted.losses) for refined, _ in found])
    chosen = int(np.argmax(losses <= CLASS_AS_GOOD * np.min(losses)))
    rivals = [each.contender.identification.name for each, _ in found[:chosen]]
    rivals = [name for name, loss in zip(rivals, losses, strict=False) if loss <= CLASS_CLEAR * losses[chosen]]
    refined, network = found[chosen]
    kept = held_losses(trial, refined.fitted)
    hopeless = is_hopeless(trial, kept, options, MOST_TRIED)
    better = refined.contender
    if hopeless is not None:
        return Finding(candidate, better.closed, better.identification, hopeless, none, None)
    unexplained = is_unexplained(trial, kept, options, MOST_TRIED)
    if unexplained is not None:
        certificate = with_rivals(unexplained, rivals)
        card = card_of(problem, better, certificate, coordinates, options)
        return Finding(candidate, better.closed, better.identification, certificate, none, card)
    exact = snapped(better, coordinates)
    alternatives = (better,) if exact is None else (exact, better)
    try:
        if not better.canonical:
            network = better.network(trial.learned, trial.targets.width, options.backend, options.seed)
        judgement = certify(trial, alternatives, network, options, MOST_TRIED, watch)
    except SymdslError as refusal:
        certificate = _without_network(trial, refusal, options)
        return Finding(candidate, better.closed, better.identification, certificate, none, None)
    certificate, better = with_rivals(judgement.certificate, rivals), judgement.contender
    card = card_of(problem, better, certificate, coordinates, options)
    return Finding(
        candidate, better.closed, better.identification, certificate, none, card, judgement.decoys, judgement.candidate
    )


def _of_part(
    problem: Problem, trial: Trial, candidate: Candidate, contender: Contender, coordinates: Coordinates,
    options: Options, watch: Watch,
) -> Finding:  # fmt: skip
    """What becomes of a candidate that holds over a range of its parameters."""
    contender, ranges = aligned(candidate, contender), candidate.ranges
    assert ranges is not None
    judged = certify_part(trial, contender, ranges, coordinates, options, MOST_TRIED, watch)
    card = card_of(problem, contender, judged.certificate, coordinates, options, ranges)
    return Finding(
        candidate, contender.closed, contender.identification, judged.certificate, card.discrete, card, judged.decoys,
        judged.candidate,
    )  # fmt: skip


def _without_network(trial: Trial, refusal: SymdslError, options: Options) -> Certificate:
    """The certificate of a group whose network a spec cannot have, and why."""
    diagnostic = refusal.diagnostics[0]
    return refused(trial, diagnostic.message, diagnostic.code == ONLY_CONSTANTS, options)


def _of_codes(candidate: Candidate, contender: Contender, held: Problem, options: Options) -> Finding:
    """A group that moves codes: named, undecided, and without a card, so that nothing can enforce it."""
    none = np.zeros((0, *contender.generators.shape[1:]))
    certificate = encoder_relative(held, options)
    return Finding(candidate, contender.closed, contender.identification, certificate, none, None)


def _refined(
    trial: Trial, contender: Contender, network: Compilation, options: Options, watch: Watch
) -> tuple[Refined, Certificate | None]:
    """A contender in its best frame; one that explains little after a part of the training is refuted by then."""

    refuted: list[Certificate] = []
    known = 1.0 - float(np.mean(trial.free_losses)) / trial.targets.constant_loss
    margin = max(EXPLAINS_LITTLE * known, 2.0 * options.delta)

    def explains_little(fitted: Fitted) -> bool:
        certificate = is_hopeless(trial, held_losses(trial, fitted), options, MOST_TRIED, margin)
        refuted.extend([certificate] if certificate else [])
        return certificate is not None

    schedule = Schedule(steps=trial.steps, seed=options.seed)
    give_up = GiveUp(max(100, trial.steps // SCREENING), explains_little)
    refined = refine(
        contender, network, trial.learned, trial.targets, trial.members, schedule, watch.step, give_up
    )
    return refined, refuted[0] if refuted else None


def _chosen(findings: tuple[Finding, ...]) -> GroupCard | None:
    """The largest certified group; else the first undecided one; else none."""
    cards = [finding.card for finding in findings if finding.card is not None]
    certified = [card for card in cards if card.certificate.verdict == "certified"]
    undecided = [card for card in cards if card.certificate.verdict == "undecided"]
    return max(certified, key=lambda card: len(card.generators), default=next(iter(undecided), None))


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    begin = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - begin
