"""What a discovery found: in a few lines for a person, and whole as JSON data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from symdsl.cards.card import Certificate, CertificateTest, GroupCard
from symdsl.discovery.discover import Discovery, Finding
from symdsl.discovery.estimate import Spectrum
from symdsl.discovery.read import Asked

MEANING: Final[Mapping[str, str]] = {
    "certified": "On data that nothing was learned from, a network that keeps this group does as well as a free one, "
    "up to the tolerance, and networks that keep conjugate groups do not. Enforcing it costs at most the tolerance on "
    "data like these. No finite data prove that a law is exactly symmetric.",
    "refuted": "On data that nothing was learned from, a free network is surely better than one that keeps this group, "
    "by more than the tolerance: the law does not have this symmetry.",
    "undecided": "The data neither show that keeping this group costs no more than the tolerance, nor that it costs "
    "more. More samples, less noise, or a larger tolerance may decide it. A model that is compiled from it must say "
    "that it takes the risk.",
}
SHOWN: Final = 12
"""Directions of a spectrum that a person sees."""


def verdict_of(discovery: Discovery) -> str:
    """certified, undecided or refuted; none where no candidate closes to a group."""
    if discovery.card is not None:
        return discovery.card.certificate.verdict
    verdicts = [finding.certificate.verdict for finding in discovery.findings if finding.certificate is not None]
    return next((verdict for verdict in ("certified", "undecided", "refuted") if verdict in verdicts), "none")


def summary_text(asked: Asked, discovery: Discovery) -> str:
    """The spectrum, the candidates, and the certificate of the group that was chosen."""
    problem = discovery.problem
    lines = [
        f"{problem.source}: {problem.law} of {problem.samples:,} samples of {_shape(problem.x.shape[1:])} numbers, "
        f"{problem.motions} motions",
    ]
    if discovery.estimate.spectrum is not None:
        lines += ["", *_spectrum_lines(discovery.estimate.spectrum, _chosen_size(discovery))]
    lines += ["", "candidates", *_candidate_lines(discovery)]
    certificate = certificate_of(discovery)
    if certificate is not None:
        lines += ["", *_certificate_lines(certificate)]
    if discovery.card is None:
        lines += ["", "no candidate has become a group that these data do not refute"]
    else:
        parts = f" with {len(discovery.card.discrete)} discrete generators" if len(discovery.card.discrete) else ""
        lines += ["", f"found: {discovery.card.text}{parts}"]
    if discovery.card is not None and discovery.card.canonical is not None:
        lines += [f"in coordinates of its own it is {discovery.card.canonical}"]
    spent = ", ".join(f"{name} {value:.1f} s" for name, value in discovery.seconds.items())
    return "\n".join([*lines, "", f"{spent} ({discovery.backend})"]) + "\n"


def shown_finding(discovery: Discovery) -> Finding | None:
    """The finding that the card is of, else the first that was judged, else the first; None of a discrete group."""
    card = discovery.card
    if card is not None:
        return next((finding for finding in discovery.findings if _is_of(card, finding)), None)
    judged = [finding for finding in discovery.findings if finding.certificate is not None]
    return next(iter((*judged, *discovery.findings)), None)


def certificate_of(discovery: Discovery) -> Certificate | None:
    """That of the card, else of the finding that is shown."""
    if discovery.card is not None:
        return discovery.card.certificate
    finding = shown_finding(discovery)
    return None if finding is None else finding.certificate


def _is_of(card: GroupCard, finding: Finding) -> bool:
    """The discrete part is put on a card after its algebra was judged."""
    return finding.card is not None and np.array_equal(finding.card.generators, card.generators)


def name_of(finding: Finding) -> str:
    """What a candidate is called: its card's text, the name of its algebra, or that it does not close."""
    if finding.card is not None:
        return finding.card.text
    if finding.identification is not None:
        return finding.identification.text
    return "does not close"


def as_json(asked: Asked, discovery: Discovery, files: Mapping[str, str]) -> dict[str, Any]:
    """All of it as JSON data; `files` are what was written, by kind."""
    problem, options = discovery.problem, discovery.options
    spectrum = discovery.estimate.spectrum
    return {
        "verdict": verdict_of(discovery),
        "problem": {
            "source": problem.source, "x": list(asked.columns.inputs), "y": list(asked.columns.targets),
            "law": problem.law, "motions": problem.motions, "samples": problem.samples,
            "shape": list(problem.x.shape[1:]), "classes": problem.classes, "fingerprint": asked.fingerprint,
        },
        "options": {
            "dim": list(options.dimensions), "within": options.within, "by": options.by,
            "settings": dict(options.settings), "discrete": list(options.discrete), "delta": options.delta,
            "alpha": options.alpha, "noise": options.noise, "decoys": options.decoys, "backend": discovery.backend,
            "seed": options.seed,
        },
        "spec": None if asked.origin is None else {
            "path": str(asked.origin.spec), "model": asked.origin.model, "symmetry": asked.origin.symmetry,
        },
        "spectrum": None if spectrum is None else {
            "values": _numbers(spectrum.values), "low": _numbers(spectrum.low), "high": _numbers(spectrum.high),
        },
        "figures": {name: _number(value) for name, value in discovery.estimate.figures.items()},
        "candidates": [_finding_json(finding) for finding in discovery.findings],
        "group": None if discovery.card is None else _card_json(discovery.card),
        "remarks": list(asked.remarks),
        "seconds": dict(discovery.seconds),
        "files": dict(files),
    }  # fmt: skip


def _spectrum_lines(spectrum: Spectrum, chosen: int) -> Iterator[str]:
    yield "how much the law changes along each motion (0: not at all, 1: as at random)"
    for place in range(min(len(spectrum.values), max(SHOWN, chosen + 3))):
        mark = "*" if place < chosen else " "
        value, low, high = (float(each[place]) for each in (spectrum.values, spectrum.low, spectrum.high))
        yield f"  {mark} {place + 1:3d}  {value:.4f}  [{low:.4f}, {high:.4f}]"
    left = len(spectrum.values) - max(SHOWN, chosen + 3)
    if left > 0:
        yield f"    and {left} more, up to {float(spectrum.values[-1]):.4f}"


def _candidate_lines(discovery: Discovery) -> Iterator[str]:
    if not discovery.findings:
        yield f"  none of {len(discovery.estimate.candidates)} closes to a Lie algebra"
    for finding in discovery.findings:
        verdict = "not judged" if finding.certificate is None else finding.certificate.verdict
        moved = "" if finding.closed is None else f", turned by {finding.closed.moved:.2g} to close"
        discrete = f", {len(finding.discrete)} discrete generators" if len(finding.discrete) else ""
        dimension = len(finding.candidate.generators)
        yield f"  {verdict:10s}  {name_of(finding)} (dimension {dimension}{moved}{discrete})"


def _certificate_lines(certificate: Certificate) -> Iterator[str]:
    yield (
        f"{certificate.verdict.upper()} (delta {certificate.delta:g}, alpha {certificate.alpha:g}) on "
        f"{certificate.samples:,} samples that nothing was learned from"
    )
    for test in certificate.tests:
        yield f"  {mark_of(test):6s}  {test.name}: {figure_of(test)}{'; ' if test.detail else ''}{test.detail}"


def mark_of(test: CertificateTest) -> str:
    """passed, failed, or that it decides nothing."""
    return {True: "passed", False: "failed", None: "info"}[test.passed]


def figure_of(test: CertificateTest) -> str:
    """The figure, against its bound."""
    return f"{test.statistic:.3g}" + ("" if test.bound is None else f" (bound {test.bound:.3g})")


def _chosen_size(discovery: Discovery) -> int:
    return 0 if discovery.card is None else len(discovery.card.generators)


def _finding_json(finding: Finding) -> dict[str, Any]:
    return {
        "name": name_of(finding),
        "dimension": len(finding.candidate.generators),
        "generators": _numbers(finding.candidate.generators),
        "closed": None if finding.closed is None else {
            "moved": _number(finding.closed.moved), "residuals": [_number(each) for each in finding.closed.residuals],
        },
        "discrete": _numbers(finding.discrete),
        "decoys": None if finding.decoys is None else _numbers(finding.decoys),
        "certificate": None if finding.certificate is None else _certificate_json(finding.certificate),
    }  # fmt: skip


def _certificate_json(certificate: Certificate) -> dict[str, Any]:
    return {
        "verdict": certificate.verdict, "delta": certificate.delta, "alpha": certificate.alpha,
        "domain": certificate.domain, "samples": certificate.samples,
        "tests": [
            {"name": test.name, "statistic": _number(test.statistic), "bound": test.bound, "passed": test.passed,
             "detail": test.detail}
            for test in certificate.tests
        ],
    }  # fmt: skip


def _card_json(card: GroupCard) -> dict[str, Any]:
    return {
        "name": card.name, "text": card.text, "space": card.space, "canonical": card.canonical,
        "dimension": len(card.generators), "representation": card.representation,
        "generators": _numbers(card.generators), "discrete": _numbers(card.discrete),
        "forms": _numbers(card.forms), "frame": None if card.frame is None else _numbers(card.frame),
        "outputs": None if card.outputs is None else _numbers(card.outputs),
        "ranges": None if card.ranges is None else _numbers(card.ranges),
        "certificate": _certificate_json(card.certificate),
    }  # fmt: skip


def _numbers(array: Any) -> Any:
    """Nested lists; None where a number is not finite, which JSON cannot write."""
    values = np.asarray(array, np.float64)
    if np.all(np.isfinite(values)):
        return values.tolist()
    return [_numbers(each) for each in values] if values.ndim else None


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
