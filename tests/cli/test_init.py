"""`symdsl init`: what it writes passes check, keeps its layout, compiles and trains."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from PIL import Image

from symdsl.data.source import source_names

N = 24
Invoke = Callable[..., Result]


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).standard_normal((N, *shape))


def labels(classes: int) -> np.ndarray:
    return np.arange(N) % classes


KINDS = {
    "four-vectors": ({"p": numbers(5, 4), "y": labels(3)}, "Lorentz() * S(parts)", "predict y from p"),
    "atoms": (
        {"positions": numbers(6, 3), "charges": numbers(6), "energy": numbers(), "forces": numbers(6, 3)},
        "O(3) * S(parts)", "predict energy from positions, charges",
    ),
    "a motion": ({"z": numbers(2, 1), "dz": numbers(2, 1)}, "translation(t)", "predict dz from z"),
    "images": (
        {"images": numbers(1, 28, 28), "labels": labels(4), "angles": numbers()}, "C(4)", "predict labels from images",
    ),
    "small images": ({"images": numbers(3, 9, 9), "labels": labels(4)}, "C(4)", "predict labels from images"),
    "vectors": ({"m": numbers(), "v": numbers(3), "w": numbers(3)}, "O(3)", "predict w from m, v"),
    "numbers": ({"a": numbers(7), "b": numbers(), "c": numbers()}, "", "predict c from a, b by mlp"),
    "sets": ({"a": numbers(4, 5), "b": numbers(4), "y": numbers()}, "S(parts)", "predict y from a, b"),
}  # fmt: skip


def sound(invoke: Invoke, path: Path) -> str:
    training = ["train", path, "--epochs", "1", "--no-verify", "-o", path.parent / "run"]
    for command in (["check", path], ["fmt", "--check", path], training):
        result = invoke(*command)
        assert result.exit_code == 0, result.stderr
    assert "warning" not in invoke("check", path).stderr
    return path.read_text()


@pytest.mark.parametrize("kind", KINDS)
def test_a_spec_for_the_arrays_of_a_file(tmp_path: Path, invoke: Invoke, kind: str) -> None:
    arrays, group, prediction = KINDS[kind]
    np.savez(tmp_path / "given.npz", **arrays)
    result = invoke("init", "--from", tmp_path / "given.npz", "-o", tmp_path / "made.sym")
    assert result.exit_code == 0, result.stderr
    text = sound(invoke, tmp_path / "made.sym")
    assert prediction in text
    assert group in text if group else "\n  symmetry " not in text
    assert 'from "given.npz:' in text


def write_idx(path: Path, array: np.ndarray) -> None:
    path.write_bytes(bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes())


def make_files(folder: Path, source: str) -> list[str]:
    """Files that a source reads, named from the folder."""
    pixels = np.random.default_rng(0).integers(0, 255, (N, 9, 9)).astype(np.uint8)
    match source:
        case "npz":
            np.savez(folder / "a.npz", v=numbers(3), y=numbers())
            return ["a.npz"]
        case "npy":
            np.save(folder / "x.npy", numbers(5))
            np.save(folder / "y.npy", numbers())
            return ["x.npy", "y.npy"]
        case "idx" | "ubyte" | "gz":
            names = {"idx": "{}.idx", "ubyte": "train-{}-idx3-ubyte", "gz": "{}.idx.gz"}[source]
            paths = [names.format(word) for word in ("images", "labels")]
            for name, array in zip(paths, (pixels, labels(3).astype(np.uint8)), strict=True):
                write_idx(folder / name, array)
                if source == "gz":
                    import gzip

                    (folder / name).write_bytes(gzip.compress((folder / name).read_bytes()))
            return paths
        case "csv" | "tsv":
            mark = "," if source == "csv" else "\t"
            rows = [mark.join(map(str, [*row, k % 2])) for k, row in enumerate(numbers(3).tolist())]
            (folder / f"a.{source}").write_text("\n".join([mark.join(["v_0", "v_1", "v_2", "label"]), *rows]) + "\n")
            return [f"a.{source}"]
        case "parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            pq.write_table(pa.table({"a": numbers(), "b": numbers(), "y": numbers()}), folder / "a.parquet")
            return ["a.parquet"]
        case "xyz" | "extxyz":
            from ase import Atoms
            from ase.calculators.singlepoint import SinglePointCalculator
            from ase.io import write

            frames = [Atoms("OH2", positions=each) for each in numbers(3, 3)]
            for frame, energy in zip(frames, numbers().tolist(), strict=True):
                frame.calc = SinglePointCalculator(frame, energy=energy)
            write(folder / f"a.{source}", frames, format="extxyz")
            return [f"a.{source}"]
        case "image_folder":
            for k, image in enumerate(pixels):
                (folder / "pictures" / f"class{k % 3}").mkdir(parents=True, exist_ok=True)
                Image.fromarray(image).save(folder / "pictures" / f"class{k % 3}" / f"{k}.png")
            return ["image_folder(folder = pictures)"]
        case "h5" | "hdf5":
            import h5py

            with h5py.File(folder / f"a.{source}", "w") as file:
                file["v"], file["y"] = numbers(3), numbers()
            return [f"a.{source}"]
        case name:
            return [name]


BUILT_IN = {
    "digits", "spring", "pendulum", "two_body", "fashion_mnist", "o5_invariant", "moment_of_inertia",
    "particle_scattering", "double_spring_pendulum", "three_body", "n_springs", "double_pendulum", "triple_pendulum",
    "relativistic_particle", "wave_equation", "chain_pendulum", "gyroscope",
}  # fmt: skip
GRAPHS = {"sorting", "shortest_path", "mass_spring_chain", "jsonl"}
"""Samples of any number of rows, which no draft is made for."""


@pytest.mark.parametrize("source", sorted({*source_names()} - GRAPHS - {"fashion_mnist"}))
def test_every_source_has_a_first_spec(
    tmp_path: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    """All but the one that needs a system package; a new source needs files here."""
    monkeypatch.chdir(tmp_path)
    files = make_files(tmp_path, source)
    assert files != [source] or source in BUILT_IN
    result = invoke("init", *(word for name in files for word in ("--from", name)), "-o", "made.sym")
    assert result.exit_code == 0, result.stderr
    if source not in BUILT_IN:
        sound(invoke, tmp_path / "made.sym")
    else:
        assert invoke("check", "made.sym").exit_code == 0


@pytest.mark.parametrize("source", sorted(GRAPHS))
def test_graphs_are_refused(tmp_path: Path, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.jsonl").write_text('{"h": [[1.0], [2.0]], "senders": [0], "receivers": [1], "y": 3.0}\n')
    result = invoke("init", "--from", "a.jsonl" if source == "jsonl" else source, "-o", "made.sym")
    assert result.exit_code == 2
    assert "SYM0834" in result.stderr
    assert not (tmp_path / "made.sym").exists()


def test_a_spec_that_is_there_is_not_replaced(tmp_path: Path, invoke: Invoke) -> None:
    np.savez(tmp_path / "given.npz", v=numbers(3), y=numbers())
    path = tmp_path / "made.sym"
    path.write_text("mine")
    refused = invoke("init", "--from", tmp_path / "given.npz", "-o", path)
    assert (refused.exit_code, path.read_text()) == (2, "mine")
    assert "SYM0909" in refused.stderr
    made = invoke("init", "--from", tmp_path / "given.npz", "-o", path, "--force", "--format", "json")
    assert json.loads(made.stdout)["fields"] == {"v": "vector(3)", "y": "scalar"}


def test_data_without_a_target(tmp_path: Path, invoke: Invoke) -> None:
    np.save(tmp_path / "x.npy", numbers(3))
    result = invoke("init", "--from", tmp_path / "x.npy", "-o", tmp_path / "made.sym")
    assert result.exit_code == 2
    assert "SYM0834" in result.stderr
    assert not (tmp_path / "made.sym").exists()


def test_names_that_a_spec_cannot_write_are_left_out_and_said(tmp_path: Path, invoke: Invoke) -> None:
    np.savez(tmp_path / "given.npz", v=numbers(3), y=numbers(), **{"odd name": numbers(), "text": np.array(["a"] * N)})
    invoke("init", "--from", tmp_path / "given.npz", "-o", tmp_path / "made.sym")
    text = sound(invoke, tmp_path / "made.sym")
    assert "// `odd name` is left out" in text
    assert "// `text` is left out" in text
