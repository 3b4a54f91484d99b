"""Statistics of normalised fields: equal to those computed by hand, read in parts, and none of what does not vary."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.pipeline import Compilation, prepare
from symdsl.session import Session
from symdsl.training import statistics
from symdsl.training.statistics import Statistics, fit_statistics, measure_moments, verify_range
from tests.models.specs import NORMALISED

COUNT = 50


def compiled(name: str) -> Compilation:
    return prepare(NORMALISED[name], Session(backend="torch"))


def drawn(compilation: Compilation) -> dict[str, np.ndarray]:
    """Data of every field, each entry with a mean and a size of its own."""
    generator, spec = np.random.default_rng(0), compilation.spec
    return {
        name: generator.standard_normal((COUNT, *field.shape)) * generator.uniform(1, 100, field.shape)
        + generator.uniform(-1e3, 1e3, field.shape)
        for name, field in spec.fields.items()
    }


def fitted(compilation: Compilation, arrays: dict[str, np.ndarray], samples: np.ndarray | None = None) -> Statistics:
    chosen = np.arange(COUNT) if samples is None else samples
    return fit_statistics(compilation.graph, compilation.spec, lambda name, part: arrays[name][part], chosen)


def root_mean_square(array: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    return np.sqrt(np.mean(array**2, axis=axes, keepdims=True))[0]


def test_vectors_and_tensors_have_one_scale_and_scalars_means() -> None:
    compilation = compiled("inertia, normalised")
    arrays = drawn(compilation)
    found = fitted(compilation, arrays).arrays
    assert found.keys() == {
        "normalise_m.mean", "normalise_m.scale", "normalise_r.scale", "restore_i.scale",
    }  # fmt: skip
    np.testing.assert_allclose(found["normalise_m.mean"], arrays["m"].mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found["normalise_m.scale"], arrays["m"].std(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found["normalise_r.scale"], root_mean_square(arrays["r"], (0, 2)), rtol=1e-12)
    np.testing.assert_allclose(found["restore_i.scale"], root_mean_square(arrays["I"], (0, 1, 2)), rtol=1e-12)


def test_points_are_measured_from_their_centroid() -> None:
    """Where data lie in space says nothing about their size, and no translation changes a scale."""
    compilation = compiled("motion, normalised")
    arrays = drawn(compilation)
    found = fitted(compilation, arrays).arrays
    centroid = np.concatenate([arrays["x"], arrays["o"][:, None]], axis=1).mean(axis=1, keepdims=True)
    for path, name in (("normalise_x.scale", "x"), ("restore_later.scale", "later")):
        np.testing.assert_allclose(found[path], root_mean_square(arrays[name] - centroid, (0, 1, 2)), rtol=1e-12)
    moved = {**arrays, **{name: arrays[name] + 1e3 for name in ("x", "later", "o")}}
    again = fitted(compilation, moved).arrays
    for path, scale in found.items():
        np.testing.assert_allclose(again[path], scale, rtol=1e-12)


def test_an_axis_that_is_permuted_shares_its_statistics() -> None:
    compilation = compiled("cloud, normalised")
    arrays = drawn(compilation)
    found = fitted(compilation, arrays).arrays
    np.testing.assert_allclose(found["normalise_m.mean"], arrays["m"].mean(axis=(0, 1))[None], rtol=1e-12)
    np.testing.assert_allclose(found["normalise_m.scale"], arrays["m"].std(axis=(0, 1))[None], rtol=1e-12)
    assert found["normalise_z.scale"].shape == (1, 1)


def test_images_have_a_mean_and_a_scale_for_each_channel() -> None:
    compilation = compiled("image, normalised")
    arrays = drawn(compilation)
    found = fitted(compilation, arrays).arrays
    np.testing.assert_allclose(found["normalise_x.mean"].ravel(), arrays["x"].mean(axis=(0, 2, 3)), rtol=1e-12)
    np.testing.assert_allclose(found["normalise_x.scale"].ravel(), arrays["x"].std(axis=(0, 2, 3)), rtol=1e-12)


def test_the_scale_of_an_energy_follows_from_state_and_derivative() -> None:
    compilation = compiled("pendulum, normalised")
    arrays = drawn(compilation)
    found = fitted(compilation, arrays).arrays
    q, p = found["hamiltonian.normalise_z.scale"].ravel()
    np.testing.assert_allclose([q, p], root_mean_square(arrays["z"], (0, 2)).ravel(), rtol=1e-12)
    squares = (p * arrays["dz"][:, 0]) ** 2, (q * arrays["dz"][:, 1]) ** 2
    np.testing.assert_allclose(found["hamiltonian.scale_energy.scale"], np.sqrt(np.mean(squares)), rtol=1e-12)
    np.testing.assert_allclose(found["units_dz.scale"], root_mean_square(arrays["dz"], (0, 2)), rtol=1e-12)


def test_data_are_read_in_parts_with_the_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    compilation = compiled("inertia, normalised")
    arrays = drawn(compilation)
    whole = fitted(compilation, arrays).arrays
    monkeypatch.setattr(statistics, "BATCH_ENTRIES", 20)
    sizes: list[int] = []

    def take(name: str, part: np.ndarray) -> np.ndarray:
        sizes.append(arrays[name][part].size)
        return arrays[name][part]

    parts = fit_statistics(compilation.graph, compilation.spec, take, np.arange(COUNT)).arrays
    assert max(sizes) <= 20
    for path, value in whole.items():
        np.testing.assert_allclose(parts[path], value, rtol=1e-12)


def test_a_large_mean_does_not_cost_digits() -> None:
    compilation = compiled("inertia, normalised")
    noise = np.random.default_rng(1).standard_normal((COUNT, 3))
    found = measure_moments(compilation.spec.fields["m"], lambda name, part: 1e8 + noise[part], np.arange(COUNT))
    np.testing.assert_allclose(found.variance, noise.var(axis=0), rtol=1e-7)


def test_only_the_given_samples_count() -> None:
    compilation = compiled("inertia, normalised")
    arrays = drawn(compilation)
    some = np.arange(0, COUNT, 2)
    found = fitted(compilation, arrays, some).arrays
    np.testing.assert_allclose(found["normalise_m.mean"], arrays["m"][some].mean(axis=0), rtol=1e-12)


def test_what_does_not_vary_is_not_scaled_and_is_named() -> None:
    compilation = compiled("inertia, normalised")
    arrays = drawn(compilation)
    arrays["m"][:, 1] = 0.1
    arrays["I"][:] = 0.0
    found = fitted(compilation, arrays)
    assert found.arrays["normalise_m.scale"][1] == 1.0
    assert found.arrays["normalise_m.mean"][1] == pytest.approx(0.1)
    assert found.arrays["normalise_m.scale"][0] == pytest.approx(arrays["m"][:, 0].std())
    assert found.arrays["restore_i.scale"].ravel() == [1.0]
    assert [(each.code, each.severity) for each in found.warnings] == [("SYM0319", "warning")] * 2
    assert "1 of 3 parts of m does not vary" in found.warnings[0].message


def test_numbers_without_a_scale_are_refused() -> None:
    compilation = compiled("inertia, normalised")
    arrays = drawn(compilation)
    arrays["r"][3] = 1e200
    with pytest.raises(SymdslError) as refusal:
        fitted(compilation, arrays)
    assert [each.code for each in refusal.value.diagnostics] == ["SYM0320"]
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize(("scale", "sound"), [(1e-30, True), (1e-40, False), (1e39, False)])
def test_a_scale_must_be_a_number_of_the_dtype(scale: float, sound: bool) -> None:
    if sound:
        verify_range({"normalise_x.scale": np.array([scale])}, "float32")
        return
    with pytest.raises(SymdslError) as refusal:
        verify_range({"normalise_x.scale": np.array([scale])}, "float32")
    assert refusal.value.diagnostics[0].code == "SYM0320"
    verify_range({"normalise_x.scale": np.array([scale])}, "float64")


def test_a_model_without_normalise_is_left_alone(tmp_path: Path) -> None:
    compilation = compiled("inertia, normalised")
    plain = replace(compilation, spec=replace(compilation.spec, normalised=()))
    assert fitted(plain, {}).arrays == {}
