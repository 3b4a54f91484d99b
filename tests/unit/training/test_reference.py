"""The reference page names every array."""

from pathlib import Path

import pytest

from symdsl.data.source import find_source, source_names

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "data_and_training.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", source_names())
def test_every_source_and_its_arrays_are_documented(name):
    assert f"`{name}`" in PAGE
    for key in find_source(name).keys:
        assert f"`{key}`" in PAGE
