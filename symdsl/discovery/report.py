"""A discovery as one HTML page: nothing is loaded from elsewhere, and the same discovery gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from symdsl.artifact.figure import can_draw
from symdsl.cards.card import Certificate, GroupCard
from symdsl.discovery.discover import Discovery, Finding
from symdsl.discovery.read import Asked
from symdsl.discovery.report_style import STYLE
from symdsl.discovery.summary import MEANING, certificate_of, figure_of, mark_of, name_of, shown_finding, verdict_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
LARGEST_TABLE: Final = 12
"""Matrices of more rows are not written out."""
MOST_TABLES: Final = 12
NOTHING = "No candidate closes to a Lie algebra: among the motions that were looked at, none makes a group."


def report_html(asked: Asked, discovery: Discovery, command: str) -> str:
    """The page. With the `plot` extra it has pictures; without it, tables alone."""
    verdict, finding, card = verdict_of(discovery), shown_finding(discovery), shown_card(discovery)
    title = escape(card.text if card is not None else "no symmetry found")
    figures = _figures(discovery, finding, card)
    parts = [
        "<!doctype html>", '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{title}</title><style>{STYLE}</style></head><body>",
        f'<p class="quiet">symdsl discover</p><h1>{title}</h1>',
        f'<div class="verdict {verdict}"><b>{verdict}</b><p>{MEANING.get(verdict, NOTHING)}</p></div>',
        *_data(asked, discovery), *_candidates(discovery), *_certificate(certificate_of(discovery), finding, figures),
        *_spectrum(discovery, figures),
        *_generators(card, figures), *_algebra(card, figures), *_orbits(figures), *_more(discovery, figures),
        *_how(discovery, command), "</body></html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def shown_card(discovery: Discovery) -> GroupCard | None:
    """The card of the group, or of the candidate that is looked at in its place."""
    if discovery.card is not None:
        return discovery.card
    finding = shown_finding(discovery)
    return None if finding is None else finding.card


def killing_form(constants: Array) -> Array:
    """K_ij = sum_kl c_ikl c_jlk of structure constants (D, D, D)."""
    return np.asarray(np.einsum("ikl,jlk->ij", constants, constants), np.float64)


def _figures(discovery: Discovery, finding: Finding | None, card: GroupCard | None) -> dict[str, str]:
    """SVG by name; none without matplotlib."""
    if not can_draw():
        return {}
    import matplotlib

    from symdsl.discovery import report_figures as draw
    from symdsl.discovery.report_svg import SETTINGS, svg_of

    made: dict[str, Figure | None] = {}
    with matplotlib.rc_context(SETTINGS):
        if discovery.estimate.spectrum is not None:
            chosen = 0 if card is None else len(card.generators)
            made["spectrum"] = draw.spectrum_figure(discovery.estimate.spectrum, chosen)
        if card is not None and finding is not None and len(card.generators):
            made["generators"] = draw.generator_figure(finding, card)
            made["forms"] = draw.form_figure(card, killing_form(card.constants))
            made["orbits"] = draw.orbit_figure(discovery.problem, card)
        if finding is not None and finding.decoys is not None and len(finding.decoys):
            made["decoys"] = draw.decoy_figure(finding.decoys, finding.loss)
        for place, array in enumerate(list(discovery.estimate.arrays.values())[:12]):
            made[f"array{place}"] = draw.array_figure(array)
        return {name: svg_of(figure, name) for name, figure in made.items() if figure is not None}


def _data(asked: Asked, discovery: Discovery) -> Iterator[str]:
    problem, options = discovery.problem, discovery.options
    slots = " x ".join(map(str, problem.x.shape[1:]))
    said = f"{problem.classes} classes" if problem.classes else "numbers"
    rows = [
        ("data", f"<code>{escape(problem.source)}</code>"),
        ("what is moved", f"{escape(', '.join(asked.columns.inputs))}: {slots} numbers a sample"),
        ("what is said of it", f"{escape(', '.join(asked.columns.targets))}: {said}" if problem.y is not None else "-"),
        ("law", f"{problem.law}, {problem.motions} motions"
                + (f" within {escape(options.within)}" if options.within else "")),
        ("samples", f"{problem.samples:,}"),
        ("fingerprint", f"<code>{asked.fingerprint}</code>"),
        ("estimator", f"{escape(options.by)}, {escape(discovery.backend)}, seed {options.seed}"),
    ]  # fmt: skip
    yield "<h2>The data</h2>"
    yield table([f"<th>{name}</th><td>{value}</td>" for name, value in rows])
    if asked.remarks:
        yield "<ul>" + "".join(f"<li>{escape(remark)}</li>" for remark in asked.remarks) + "</ul>"


def _candidates(discovery: Discovery) -> Iterator[str]:
    if not discovery.findings:
        return
    yield "<h2>Candidates</h2>"
    rows = ["<th>verdict</th><th>group</th><th>dimension</th><th>turned to close</th><th>discrete generators</th>"]
    for finding in discovery.findings:
        verdict = "not judged" if finding.certificate is None else finding.certificate.verdict
        moved = "-" if finding.closed is None else f"{finding.closed.moved:.2g}"
        rows.append(
            f'<td class="{verdict.replace(" ", "-")}">{verdict}</td><td>{escape(name_of(finding))}</td>'
            f'<td class="number">{len(finding.candidate.generators)}</td><td class="number">{moved}</td>'
            f'<td class="number">{len(finding.discrete)}</td>'
        )
    yield table(rows)
    yield (
        '<p class="quiet">The generators that an estimator gives are noisy and make no group; they are turned, as '
        "little as may be, until they do (the tangent of the largest angle). That proves nothing: noise can be turned "
        "into a group too. The certificate decides.</p>"
    )


def _certificate(
    certificate: Certificate | None, finding: Finding | None, figures: dict[str, str]
) -> Iterator[str]:
    if certificate is None:
        return
    yield "<h2>The certificate</h2>"
    yield (
        f"<p>{certificate.samples:,} samples that nothing was learned from; tolerance delta = "
        f"{certificate.delta:g} of what a constant prediction loses; level alpha = {certificate.alpha:g}. It holds for "
        f"{escape(certificate.domain)}.</p>"
    )
    rows = ["<th></th><th>test</th><th>figure</th><th></th>"]
    for test in certificate.tests:
        mark = mark_of(test)
        rows.append(
            f'<td class="{mark}">{mark}</td><td>{escape(test.name)}</td><td class="number">{figure_of(test)}</td>'
            f"<td>{escape(test.detail)}</td>"
        )
    yield table(rows)
    yield from figure(
        figures, "decoys",
        "Networks that keep a conjugate of the group, as large and as easy to keep, after the same training. A true "
        "symmetry loses less than they do.",
    )  # fmt: skip
    if finding is not None and finding.decoys is not None and len(finding.decoys):
        losses = ", ".join(f"{value:.4g}" for value in np.sort(finding.decoys))
        own = "" if finding.loss is None else f"; the group {finding.loss:.4g}"
        yield f"<details><summary>the losses</summary><p>conjugates {losses}{own}</p></details>"


def _spectrum(discovery: Discovery, figures: dict[str, str]) -> Iterator[str]:
    spectrum = discovery.estimate.spectrum
    if spectrum is None:
        return
    yield "<h2>The spectrum</h2>"
    yield from figure(
        figures, "spectrum",
        "How much the law changes along each motion, smallest first: 0 not at all, 1 as much as at random. Bars are "
        "intervals over the ensemble. A gap suggests a dimension, and proves none.",
    )  # fmt: skip
    rows = ["<th>motion</th><th>change</th><th>interval</th>"]
    for place, (value, low, high) in enumerate(zip(spectrum.values, spectrum.low, spectrum.high, strict=True)):
        rows.append(
            f'<td class="number">{place + 1}</td><td class="number">{value:.4f}</td>'
            f'<td class="number">{low:.4f} to {high:.4f}</td>'
        )
    yield numbers(table(rows[:65]), figures)


def _generators(card: GroupCard | None, figures: dict[str, str]) -> Iterator[str]:
    if card is None or not len(card.generators) + len(card.discrete):
        return
    yield "<h2>The generators</h2>"
    yield from figure(
        figures, "generators",
        "As they were estimated, and next to them in the exact algebra, both in the coordinates of the estimator; then "
        "on the card, in the coordinates of the data"
        + (f"; then their combinations in coordinates in which they make {card.canonical}" if card.canonical else "")
        + ". Red is above 0, blue below.",
    )  # fmt: skip
    if card.dimension > LARGEST_TABLE:
        return
    shown = "".join(matrix(each, f"generator {place + 1}") for place, each in enumerate(card.generators[:MOST_TABLES]))
    shown += "".join(matrix(each, f"discrete {place + 1}") for place, each in enumerate(card.discrete[:MOST_TABLES]))
    yield numbers(shown, figures)


def _algebra(card: GroupCard | None, figures: dict[str, str]) -> Iterator[str]:
    if card is None or not len(card.generators):
        return
    yield "<h2>The algebra</h2>"
    rows = [f"<th>{escape(str(name))}</th><td>{escape(str(value))}</td>" for name, value in card.algebra.items()]
    if card.canonical is not None:
        rows.insert(0, f"<th>in coordinates of its own</th><td>{escape(card.canonical)}</td>")
    yield table([f"<th>name</th><td>{escape(card.name)}</td>", *rows])
    yield from figure(
        figures, "forms",
        "The Killing form of the structure constants, and the bilinear forms that every element keeps: their signature "
        "says which real group it is.",
    )  # fmt: skip
    killing = killing_form(card.constants)
    shown = matrix(killing, "Killing form") if len(killing) <= LARGEST_TABLE else ""
    if card.dimension <= LARGEST_TABLE:
        forms = enumerate(card.forms[:MOST_TABLES])
        shown += "".join(matrix(each, f"invariant form {place + 1}") for place, each in forms)
    for place, constants in enumerate(card.constants if len(card.constants) <= 6 else []):
        shown += matrix(constants, f"[A{place + 1}, A_j] in the generators")
    yield numbers(shown, figures)


def _orbits(figures: dict[str, str]) -> Iterator[str]:
    if "orbits" not in figures:
        return
    yield "<h2>The orbits</h2>"
    yield from figure(
        figures, "orbits",
        "Samples, in a plane that each generator moves, and where it leads five of them: along these lines the law "
        "stays as it is. Lines end where the data end.",
    )  # fmt: skip


def _more(discovery: Discovery, figures: dict[str, str]) -> Iterator[str]:
    estimate = discovery.estimate
    if not estimate.figures and not any(name.startswith("array") for name in figures):
        return
    yield f"<h2>What {escape(discovery.options.by)} saw</h2>"
    if estimate.figures:
        yield table([
            f'<th>{escape(name)}</th><td class="number">{value:.6g}</td>' for name, value in estimate.figures.items()
        ])  # fmt: skip
    for place, title in enumerate(estimate.arrays):
        yield from figure(figures, f"array{place}", escape(title))


def _how(discovery: Discovery, command: str) -> Iterator[str]:
    yield "<h2>How it was made</h2>"
    yield f"<pre>{escape(command)}</pre>"
    yield '<p class="quiet">The same data, command and version give the same card.</p>'


def figure(figures: dict[str, str], name: str, caption: str) -> Iterator[str]:
    """A picture with its caption, where there is one."""
    if name in figures:
        yield f"<figure>{figures[name]}<figcaption>{caption}</figcaption></figure>"


def numbers(shown: str, figures: dict[str, str]) -> str:
    """Tables that are folded away where there are pictures."""
    opened = "" if figures else " open"
    return f'<details{opened}><summary>the numbers</summary><div class="scroll">{shown}</div></details>'


def table(rows: Sequence[str]) -> str:
    """Rows of cells as a table that scrolls by itself."""
    return '<div class="scroll"><table>' + "".join(f"<tr>{row}</tr>" for row in rows) + "</table></div>"


def matrix(values: Array, caption: str) -> str:
    """Numbers to three decimals."""
    rounded = np.round(values, 3) + 0.0
    rows = "".join("<tr>" + "".join(f"<td>{value:g}</td>" for value in row) + "</tr>" for row in rounded)
    return f'<table class="matrix"><caption>{caption}</caption>{rows}</table>'
