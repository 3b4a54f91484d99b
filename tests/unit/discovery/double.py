"""A test double of `discover`: it knows the answer, and takes no time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from symdsl.cards.card import Certificate, CertificateTest, GroupCard, Verdict
from symdsl.discovery.discover import Discovery, Finding
from symdsl.discovery.estimate import Candidate, Estimate, Spectrum, Watch
from symdsl.discovery.problem import Options, Problem
from symdsl.groups.identification.closing import close
from symdsl.groups.identification.identify import identify

Array = NDArray[np.float64]


def rotations(size: int) -> Array:
    """The generators (size (size - 1) / 2, size, size) of rotations."""
    pairs = [(i, j) for i in range(size) for j in range(i)]
    found = np.zeros((len(pairs), size, size))
    for place, (i, j) in enumerate(pairs):
        found[place, i, j], found[place, j, i] = np.sqrt(0.5), -np.sqrt(0.5)
    return found


def certificate(verdict: Verdict) -> Certificate:
    tests = (
        CertificateTest("costs nothing against a free network", 0.004, 0.02, verdict == "certified", "free .01"),
        CertificateTest("leaves a free correction nothing", 0.1, 0.2, True, "a <free> network & more"),
        CertificateTest("beats its conjugates", 0.0, None, None, "0 of 20"),
    )
    return Certificate(verdict, 0.02, 0.05, "data like these", 750, tests)


def discovery_of(
    problem: Problem, options: Options, *, verdict: Verdict = "certified", generators: Array | None = None,
    moved: bool = False, discrete: Sequence[Array] = (),
) -> Discovery:  # fmt: skip
    """What `discover` would give for data with these generators, by default all rotations; `moved`: y moves as x."""
    exact = rotations(problem.dimension) if generators is None else generators
    draw = np.random.default_rng(0).standard_normal
    noisy = exact + 0.02 * draw(exact.shape) * (exact != 0)
    closed = close(exact)
    assert closed is not None
    found = identify(closed.generators)
    outputs = closed.generators if moved else None
    size = exact.shape[-1]
    components = np.array(discrete, np.float64).reshape(-1, size, size)
    card = GroupCard(
        name=found.name, text=found.text, space="linear" if problem.motions == "linear" else "affine",
        generators=closed.generators, discrete=components, constants=found.constants, forms=found.forms,
        algebra={} if found.algebra is None else found.algebra.describe(), representation=found.representation,
        certificate=certificate(verdict), canonical=None if found.canonical is None else found.canonical.name,
        frame=found.frame, outputs=outputs,
        discrete_outputs=None if outputs is None else np.zeros((0, *outputs.shape[1:])),
        fields={problem.names[0]: "defining"}, provenance={"source": problem.source},
    )  # fmt: skip
    count = size * size
    values = np.r_[np.full(len(exact), 0.01), np.linspace(0.4, 1.0, count - len(exact))]
    estimate = Estimate(
        (Candidate(noisy, outputs),), Spectrum(values, 0.7 * values, 1.4 * values), figures={"gap": 40.0},
        arrays={"the kernel": draw((6, 6))},
    )  # fmt: skip
    decoys = 0.5 + np.random.default_rng(1).random(20)
    finding = Finding(Candidate(noisy, outputs), closed, found, card.certificate, components, card, decoys, 0.1)
    kept = card if verdict != "refuted" else None
    return Discovery(problem, options, estimate, (finding,), kept, {"estimate": 1.25, "certify": 2.5}, "torch")


def discover(problem: Problem, options: Options, watch: Watch) -> Discovery:
    """In place of `symdsl.discovery.discover.discover`."""
    watch.stage("smooth networks", 10)
    watch.step(4)
    watch.stage("decoys", 5)
    watch.step(5)
    return discovery_of(problem, options)
