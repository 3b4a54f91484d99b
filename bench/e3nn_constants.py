"""Spherical harmonics, matrices of rotations and Clebsch-Gordan coefficients against e3nn 0.6.0.

python -m bench.e3nn_constants --peer PYTHON    PYTHON: an environment with e3nn (see bench/README.md)
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from bench.record import ROOT, Row, record
from symdsl.groups.arrays.matrices import Array
from symdsl.groups.families.catalogue import special_orthogonal
from symdsl.groups.maps.clebsch_gordan import clebsch_gordan
from symdsl.groups.representations.harmonics import Harmonic, spherical_harmonics

DEGREE, COUPLED = 11, 6
BOUND = 1e-10
Constants = dict[str, Array]


def ask(peer: str, vectors: Array, rotations: Array) -> Constants:
    """What e3nn says of unit vectors (n, 3), rotations (m, 3, 3) and triples of degrees, by name."""
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.npz", Path(folder) / "found.npz"
        np.savez(given, vectors=vectors, rotations=rotations)
        # -P: this folder has modules of the peer's name
        script = [peer, "-P", str(ROOT / "bench" / "e3nn_constants_peer.py")]
        subprocess.run([*script, str(given), str(found), str(DEGREE), str(COUPLED)], check=True)
        with np.load(found) as constants:
            return dict(constants)


def compare(theirs: Constants, vectors: Array, rotations: Array) -> list[Row]:
    """Largest differences, and how many couplings have the other sign."""
    group = special_orthogonal(3)
    harmonics, matrices, couplings, signs, triples = 0.0, 0.0, 0.0, 0, 0
    for name, constant in theirs.items():
        kind, *degrees = name.split()
        labels = [int(degree) for degree in degrees]
        if kind == "coupling":
            ours = clebsch_gordan(labels[0], labels[1], labels[2])
            sign = 1.0 if np.sum(ours * constant) > 0.0 else -1.0
            couplings = max(couplings, float(np.max(np.abs(ours - sign * constant))))
            signs, triples = signs + (sign < 0.0), triples + 1
        elif kind == "matrix":
            ours = Harmonic(group, labels[0]).matrix(rotations)
            matrices = max(matrices, float(np.max(np.abs(ours - constant))))
        else:
            ours = spherical_harmonics(labels[0], vectors, kind)
            harmonics = max(harmonics, float(np.max(np.abs(ours - constant))))
    return [
        Row(f"spherical harmonics, l <= {DEGREE}, {len(vectors)} vectors, three normalisations: largest difference",
            f"{harmonics:.1e}", f"<= {BOUND:g}", harmonics <= BOUND),
        Row(f"matrices of {len(rotations)} rotations, l <= {DEGREE}: largest difference",
            f"{matrices:.1e}", f"<= {BOUND:g}", matrices <= BOUND),
        Row(f"Clebsch-Gordan coefficients of all {triples} triples of l <= {COUPLED}, up to a sign for each triple: "
            "largest difference", f"{couplings:.1e}", f"<= {BOUND:g}", couplings <= BOUND),
        Row("triples whose sign is the other one", f"{signs} of {triples}"),
    ]  # fmt: skip


def main() -> None:
    """Ask the peer, compare, and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True)
    given = parser.parse_args()
    generator = np.random.default_rng(0)
    vectors = generator.standard_normal((100, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rotations = special_orthogonal(3).sample(generator, 20)
    theirs = ask(str(Path(given.peer).absolute()), vectors, rotations)
    notes = (
        "No change of basis: e3nn's axes are (y, z, x) of the usual ones, its degree 1 is (x, y, z), and so is ours. "
        "A coupling of three degrees is unique up to its sign, which ours makes positive in the first entry.",
    )
    command = "python -m bench.e3nn_constants --peer PYTHON"
    record("e3nn_constants", "Constants of e3nn 0.6.0", command, compare(theirs, vectors, rotations), notes)


if __name__ == "__main__":
    main()
