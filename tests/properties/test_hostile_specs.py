"""Hostile numbers, sizes and nesting are refused with a code, in a process that may not take much memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from symdsl.diagnostics.codes import CODES
from tests.child import run
from tests.properties.hostile_specs import hostile_specs

HARMLESS = frozenset(
    {
        "classes 65536", "classes 1000003", "axis 65536", "axis 1000003", "generator -0", "generator -1", "discrete -1",
        "generator 1e-320", "tolerance 1e-320", "epochs 65536", "layer_conv 65536", "layer_padding -0",
        "layer_dropout -0", "layer_dropout 1e-320", "long_name", "large_maps",
    }
)  # fmt: skip
"""Texts that are within the limits, and compile."""
LONGEST = 60.0
"""Seconds; the slowest takes 5 on an idle core."""


def test_every_hostile_text_ends_in_a_code(tmp_path: Path) -> None:
    finished = run([sys.executable, "-m", "tests.properties.hostile_specs"], tmp_path).expect(0)
    lines = [json.loads(line) for line in finished.out.splitlines()]
    assert [name for name, _, _ in lines] == list(hostile_specs())
    strange = {name: found for name, found, _ in lines if not set(found) <= {*CODES, "compiled"}}
    assert strange == {}
    assert {name for name, found, _ in lines if found == ["compiled"]} == HARMLESS
    assert max(seconds for _, _, seconds in lines) < LONGEST
    internal = [name for name, found, _ in lines if any(code.startswith("SYM90") for code in found)]
    assert internal == []
