"""A layer that no input reaches is refused: its output would be a constant, which is perfectly equivariant."""

from __future__ import annotations

import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import prepare

VECTORS = """
model m {{
  data {{
    x: vector(4)
    y: vector(4)
  }}
  symmetry boost: Lorentz()
  predict y from x
  enforce boost by equivariant_mlp {{ hidden = {width} }}
}}
"""


@pytest.mark.parametrize("width", [1, 4, 5])
def test_a_layer_of_scalars_alone_sees_no_vector(width: int) -> None:
    with pytest.raises(SymdslError) as refusal:
        prepare(VECTORS.format(width=width)).graph  # noqa: B018
    (diagnostic,) = refusal.value.diagnostics
    assert diagnostic.code == "SYM0413"
    assert diagnostic.span is not None
    assert "wider" in (diagnostic.hint or "")


def test_a_layer_with_a_vector_does() -> None:
    assert prepare(VECTORS.format(width=8)).graph.forward.nodes
