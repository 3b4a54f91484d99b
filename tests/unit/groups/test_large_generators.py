"""Numbers whose squares overflow are refused where they stand, before anything is computed from them."""

from __future__ import annotations

import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.families.catalogue import matrix_group


@pytest.mark.parametrize("number", [1e308, -1e200, 1e61])
def test_numbers_without_squares_are_refused(number: float) -> None:
    for given in ({"generators": [[[0, number], [1, 0]]]}, {"discrete": [[[0, number], [1, 0]]]}):
        with pytest.raises(SymdslError) as refusal:
            matrix_group(**given)
        assert [found.code for found in refusal.value.diagnostics] == ["SYM0406"]


def test_large_numbers_stay() -> None:
    assert matrix_group(generators=[[[0, 1e50], [1, 0]]]).dimension == 2
