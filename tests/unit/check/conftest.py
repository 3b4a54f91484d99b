"""A spec in three parts, checked: the data lines, the body of the model, and what stands before the data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from symdsl.check.checker import check_file
from symdsl.check.result import CheckResult
from symdsl.registry import EntryPointCatalogue
from symdsl.session import Limits
from symdsl.syntax.parser import parse

Checked = Callable[..., CheckResult]


@pytest.fixture(scope="session")
def checked() -> Checked:
    """Checks `model m { HEAD data { DATA } BODY }`."""
    catalogue = EntryPointCatalogue()

    def run(
        data: str,
        body: str = "predict y from x",
        head: str = "",
        params: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
        allow_paths: bool = False,
    ) -> CheckResult:
        text = f"model m {{\n{head}\ndata {{\n{data}\n}}\n{body}\n}}\n"
        return check_file(parse(text, "m.sym"), catalogue, params or {}, limits, allow_paths)

    return run
