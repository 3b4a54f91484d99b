"""Candidates of codes: symmetries of what an encoder makes of data, which data cannot certify."""

from __future__ import annotations

from symdsl.cards.card import Certificate, CertificateTest
from symdsl.discovery.problem import Options, Problem


def encoder_relative(held: Problem, options: Options) -> Certificate:
    """The certificate of every candidate with `space` codes: undecided, whatever held-out data say.

    The law of the codes of an unconstrained encoder can be transported to a normal one, which every rotation keeps,
    and nothing that is reconstructed changes: that codes have a symmetry says nothing of the data.
    """
    test = CertificateTest(
        "moves codes, not data", 0.0, None, None,
        "holds relative to the encoder that was learned with it; it is never enforced, and no card is written",
    )  # fmt: skip
    return Certificate("undecided", options.delta, options.alpha, "codes of a learned encoder", held.samples, (test,))
