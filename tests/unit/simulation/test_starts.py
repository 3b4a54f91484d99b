"""States that are written, and samples that are chosen."""

from __future__ import annotations

import numpy as np
import pytest

from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.simulation.starts import choose_samples, read_samples, read_states
from tests.unit.simulation.models import HAMILTONIAN, MASSES, spec_of


def test_states_are_all_inputs_in_order() -> None:
    found = read_states(spec_of(MASSES), ["2, 1.0,-0.5", "3,0,1e-1"])
    assert found["k"].tolist() == [2.0, 3.0]
    assert found["z"].tolist() == [[[1.0], [-0.5]], [[0.0], [0.1]]]


@pytest.mark.parametrize("text", ["1.0", "1,2,3", "1,two", "1,nan", "1,inf", "", "1;0"])
def test_bad_states_are_refused(text: str) -> None:
    with pytest.raises(SymdslError, match="SYM1232") as caught:
        read_states(spec_of(HAMILTONIAN), [text])
    assert caught.value.exit_code == 2
    assert caught.value.diagnostics[0].hint


def test_samples_are_spread_over_the_candidates() -> None:
    assert choose_samples(np.arange(100, 200), 4).tolist() == [100, 125, 150, 175]
    assert choose_samples(np.arange(3), 10).tolist() == [0, 1, 2]


def test_samples_by_number() -> None:
    data = FieldArrays("data.npz", {"z": np.arange(8.0).reshape(4, 2, 1)}, 4, {})
    model = spec_of(HAMILTONIAN)
    assert read_samples(model, data, [3, 0])["z"].tolist() == [[[6.0], [7.0]], [[0.0], [1.0]]]
    with pytest.raises(SymdslError, match="SYM1232: there is no sample 4 in data"):
        read_samples(model, data, [0, 4])
