import json
import math

import pytest

from symdsl.artifact.manifest import Manifest, certify, content_hash, read_manifest, verify_files, write_manifest
from symdsl.diagnostics.diagnostic import SymdslError


def manifest(**changes):
    stated = {"model": "pendulum", "spec_hash": content_hash("model"), "backend": "torch", "dtype": "float32"}
    return Manifest(**{**stated, "seed": 0, "parameters": 41200, "claims": ("time: exact",), **changes})


def test_round_trip_and_equal_bytes(tmp_path):
    stated = manifest(settings={"b": 1, "a": [2.5]}, certificate={"rotation": 1e-14})
    write_manifest(tmp_path / "manifest.json", stated)
    assert read_manifest(tmp_path / "manifest.json") == stated
    assert stated.to_json() == manifest(settings={"a": [2.5], "b": 1}, certificate={"rotation": 1e-14}).to_json()
    assert stated.to_json().endswith("}\n")


def test_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({**json.loads(manifest().to_json()), "manifest_version": 2, "extra": 1}))
    with pytest.raises(SymdslError, match="SYM0902"):
        read_manifest(path)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"manifest_version": 1}', '{"manifest_version": "1"}', "\xff"])
def test_damaged_manifests(text, tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(SymdslError, match="SYM0901"):
        read_manifest(path)


def test_unknown_entries_are_refused(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({**json.loads(manifest().to_json()), "sead": 1}))
    with pytest.raises(SymdslError, match=r"SYM0901.*sead"):
        read_manifest(path)


def test_numbers_that_are_not_finite_are_not_written():
    with pytest.raises(ValueError, match="JSON"):
        manifest(certificate={"error": math.nan}).to_json()


def test_changed_and_missing_files_are_found(tmp_path):
    (tmp_path / "a.txt").write_text("a")
    stated = manifest(files={"a.txt": content_hash("a")})
    verify_files(tmp_path, stated)
    (tmp_path / "a.txt").write_text("b")
    with pytest.raises(SymdslError, match="SYM0905"):
        verify_files(tmp_path, stated)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(SymdslError, match="SYM0901"):
        verify_files(tmp_path, stated)


def test_a_certificate_replaces_an_older_one_and_nothing_else(tmp_path):
    (tmp_path / "spec.sym").write_text("model m {}")
    stated = manifest(files={"spec.sym": content_hash("model m {}")}, certificate={"error": 1.0})
    certify(tmp_path, stated, {"error": 1e-15})
    found = read_manifest(tmp_path / "manifest.json")
    assert found == stated.model_copy(update={"certificate": {"error": 1e-15}})


def test_changed_files_get_no_certificate(tmp_path):
    (tmp_path / "spec.sym").write_text("model other {}")
    stated = manifest(files={"spec.sym": content_hash("model m {}")})
    with pytest.raises(SymdslError, match="SYM0905"):
        certify(tmp_path, stated, {"error": 1e-15})
    assert not (tmp_path / "manifest.json").exists()
