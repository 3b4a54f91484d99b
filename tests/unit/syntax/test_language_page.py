"""The page of the language: its examples parse, are canonical, and cover every keyword."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symdsl.syntax.formatter import format_text
from symdsl.syntax.parser import parse
from symdsl.syntax.vocabulary import CONTINUING, KEYWORDS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```sym\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.split("model ")[1].split(" ")[0])
def test_examples_are_canonical(example: str) -> None:
    assert parse(example).models
    assert format_text(example) == example


def test_every_keyword_occurs() -> None:
    words = set(re.findall(r"[a-z]+", " ".join(EXAMPLES)))
    # `over` stands in a sentence, since trajectories cannot be compiled yet.
    assert set().union(*KEYWORDS.values(), *CONTINUING.values()) - words == {"over"}
