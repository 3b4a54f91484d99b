from pathlib import Path

import pytest

from symdsl.data.source import find_source, parse_reference, source_names, split_key
from symdsl.diagnostics.diagnostic import SymdslError


def test_every_installed_source_loads_and_documents_itself():
    assert {"npz", "digits", "spring", "pendulum", "two_body"} <= set(source_names())
    for name in source_names():
        source = find_source(name)
        assert source.name == name
        assert source.description
        assert source.keys


@pytest.mark.parametrize(
    ("text", "name", "options"),
    [
        ("digits", "digits", ()),
        (" digits() ", "digits", ()),
        ("digits(size = 28, rotated=true)", "digits", (("size", 28), ("rotated", True))),
        ("spring(noise = 1e-2)", "spring", (("noise", 0.01),)),
    ],
)
def test_sources_by_name(text, name, options):
    reference = parse_reference(text)
    assert (reference.name, reference.options, reference.path) == (name, options, None)


def test_a_file_is_found_under_the_folder_and_a_name_wins_over_it(tmp_path):
    assert parse_reference("jets.npz", folder=tmp_path).path == tmp_path / "jets.npz"
    assert parse_reference("deep/down/jets.NPZ", folder=tmp_path).name == "npz"
    assert parse_reference("digits", folder=tmp_path).path is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("digitts(size = 3)", "SYM0812"),
        ("data.pickle", "SYM0802"),
        ("", "SYM0802"),
        ("digits(size)", "SYM0816"),
        ("digits(size = 2, size = 3)", "SYM0816"),
        ("digits(size = __import__('os'))", "SYM0816"),
        ("digits(size = 1 + 1)", "SYM0816"),
        ("digits(size = 28", "SYM0802"),
        ("../secret.npz", "SYM0808"),
        ("/etc/secret.npz", "SYM0808"),
    ],
)
def test_bad_references(text, code, tmp_path):
    with pytest.raises(SymdslError, match=code) as caught:
        parse_reference(text, folder=tmp_path)
    assert caught.value.exit_code == 2


def test_a_misspelt_source_is_suggested():
    with pytest.raises(SymdslError) as caught:
        parse_reference("pendulumm(samples = 3)")
    assert "did you mean `pendulum`" in (caught.value.diagnostics[0].hint or "")


def test_a_link_out_of_the_folder_is_outside(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.npz").write_bytes(b"")
    (inside / "jets.npz").symlink_to(tmp_path / "secret.npz")
    with pytest.raises(SymdslError, match="SYM0808"):
        parse_reference("jets.npz", folder=inside)
    assert parse_reference("jets.npz", folder=inside, allow_path=True).path == inside / "jets.npz"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("jets.npz:momenta", ("jets.npz", "momenta")),
        ("jets.npz", ("jets.npz", None)),
        ("digits(size = 28):images", ("digits(size = 28)", "images")),
        ("C:\\jets.npz", ("C:\\jets.npz", None)),
        ("C:jets", ("C:jets", None)),
        ("folder:x/jets.npz", ("folder:x/jets.npz", None)),
    ],
)
def test_split_key(text, parts):
    assert split_key(text) == parts


def test_the_path_is_not_resolved_away_from_what_was_written():
    assert parse_reference("a.npz", folder=Path("models")).path == Path("models/a.npz")
