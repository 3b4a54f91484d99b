"""Writes docs/support.md from the tests that pass: strategy x group x backend x (compile, verify, train, fold).

python -m tests.support_table
"""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass, field

import pytest

from tests.child import ROOT
from tests.docs.support_cases import BACKENDS, CAPABILITIES, ROWS

PAGE = ROOT / "docs" / "support.md"

Cell = tuple[int, str, str]

HEAD = """# What is supported

Every cell is a test that passes; `python -m tests.support_table` writes this page. *compile*: the source is emitted;
*verify*: the symmetry holds to 1e-10 in float64 (under `augmentation` and `invariance_loss`, which promise nothing, it
is measured); *train*: an epoch moves the weights; *fold*: the folded model is the same to 1e-10.

"""


def all_cells() -> frozenset[Cell]:
    """Row number, backend and capability of every test."""
    return frozenset(
        (row, backend, capability) for row in range(len(ROWS)) for backend in BACKENDS for capability in CAPABILITIES
    )


def page(passed: Collection[Cell]) -> str:
    """The table with the cells that passed; the others are empty."""
    lines = [f"| strategy | group | data | {' | '.join(BACKENDS)} |", "|---|---|---|" + "---|" * len(BACKENDS)]
    for number, row in enumerate(ROWS):
        cells = [
            ", ".join(capability for capability in CAPABILITIES if (number, backend, capability) in passed)
            for backend in BACKENDS
        ]
        lines.append(f"| `{row.strategy}` | {row.group} | {row.data} | {' | '.join(cells)} |")
    return HEAD + "\n".join(lines) + "\n"


def complete_page() -> str:
    """The table of a run in which every test passes, as every run of CI must be."""
    return page(all_cells())


@dataclass
class Collector:
    """A pytest plug-in that notes the cells that passed."""

    parameters: dict[str, Cell] = field(default_factory=dict)
    passed: set[Cell] = field(default_factory=set)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember what each test is about."""
        call = getattr(item, "callspec", None)
        if call is not None and {"row", "backend", "capability"} <= call.params.keys():
            self.parameters[item.nodeid] = (call.params["row"], call.params["backend"], call.params["capability"])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a pass."""
        if report.when == "call" and report.passed and report.nodeid in self.parameters:
            self.passed.add(self.parameters[report.nodeid])


def main() -> int:
    """Run the tests and write the page. Exit code 1 where a cell is empty."""
    collector = Collector()
    pytest.main(["-q", "-k", "test_cell", str(ROOT / "tests" / "docs" / "test_support.py")], plugins=[collector])
    PAGE.write_text(page(collector.passed), encoding="utf-8")
    return 0 if collector.passed == all_cells() else 1


if __name__ == "__main__":
    sys.exit(main())
