"""`normalise` end to end: no symmetry breaks, badly scaled data are learned, and runs are as reproducible as before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symdsl.check import normalisation
from symdsl.check.normalisation import FieldScale
from symdsl.check.training_options import TrainingOptions
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import SymdslError
from symdsl.groups.actions.blocks import separate_blocks
from symdsl.passes.lowering import scaling
from symdsl.pipeline import Compilation, prepare
from symdsl.session import Session
from symdsl.strategies import normalised as normalised_values
from symdsl.training.loop import TrainingResult, train
from symdsl.verification.verify import VerifyOptions, verify
from tests.models.specs import INERTIA, LORENTZ, PENDULUM, normalised

OPTIONS = VerifyOptions(samples=3, elements=6, words=2)


def compiled(text: str, backend: str = "torch", dtype: str = "float32") -> Compilation:
    return prepare(text, Session(backend=backend, dtype=dtype))  # type: ignore[arg-type]


def separated(model, name):
    """A scale and a mean for each component: what breaks every symmetry that mixes them."""
    return FieldScale(separate_blocks(model.fields[name].shape), shifted=False)


@pytest.mark.parametrize("text", [normalised(INERTIA, "r"), normalised(LORENTZ, "p")], ids=["inertia", "scattering"])
def test_a_scale_for_each_component_is_no_model(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The typing rule loses the symmetry at the scale."""
    monkeypatch.setattr(normalised_values, "field_scale", separated)
    with pytest.raises(SymdslError) as refusal:
        assert compiled(text).graph
    assert [each.code for each in refusal.value.diagnostics] == ["SYM0413"]


def test_verification_catches_a_scale_for_each_component(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lowering that is not what its type says: the layer is named."""
    right = scaling._module

    def wrong(name, documentation, methods, blocks, shifted):
        return right(name, documentation, methods, separate_blocks(tuple(map(len, blocks.axes))), shifted)

    statistic = scaling._statistic
    monkeypatch.setattr(scaling, "_module", wrong)
    monkeypatch.setattr(
        scaling,
        "_statistic",
        lambda builder, path, blocks: statistic(builder, path, separate_blocks(tuple(map(len, blocks.axes)))),
    )
    monkeypatch.setattr("symdsl.verification.verify.field_units", lambda graph, model, weights: {})
    report = verify(compiled(normalised(INERTIA, "r")), options=OPTIONS)
    assert not report.passed
    broken = [entry.where for entry in report.broken if entry in report.layers]
    assert broken[0] == "normalise_r"


def pendulum_data(count: int = 400) -> FieldArrays:
    """A pendulum in units in which q is 1e-3, p 1e6, and energies 1e3 of their natural size."""
    generator = np.random.default_rng(0)
    q, p = generator.normal(size=(2, count, 1))
    z = np.stack([1e-3 * q, 1e6 * p], axis=1)
    dz = np.stack([1e-3 * p, -1e6 * np.sin(q)], axis=1)
    return FieldArrays("test", {"z": z, "dz": dz}, count, {})


def inertia_data(count: int = 400) -> FieldArrays:
    generator = np.random.default_rng(0)
    m = 1e6 * generator.uniform(1, 2, (count, 3))
    r = 1e-3 * generator.normal(size=(count, 3, 3))
    square = np.sum(r**2, axis=-1)[..., None, None] * np.eye(3)
    inertia = np.einsum("nb,nbij->nij", m, square - r[..., :, None] * r[..., None, :])
    return FieldArrays("test", {"m": m, "r": r, "I": inertia}, count, {})


def trained(text: str, data: FieldArrays, backend: str = "torch", folder: Path | None = None, **more) -> TrainingResult:
    compilation = compiled(text, backend)
    options = TrainingOptions(**{"epochs": 40, "batch": 50, "learning_rate": 5e-3, "evaluate_every": 40, **more})
    resume = more.pop("resume", False)
    return train(compilation, compilation.instantiate(), data, options, folder=folder, resume=resume, quiet=True)


def unexplained(result: TrainingResult, target: np.ndarray) -> float:
    """The mean squared error over that of predicting 0."""
    return result.metrics["test.mse"] / float(np.mean(target**2))


@pytest.mark.parametrize(("name", "backend"), [("pendulum", "torch"), ("pendulum", "jax"), ("inertia", "torch")])
def test_badly_scaled_data_are_learned_only_with_scales(name: str, backend: str) -> None:
    text, data, fields, target = {
        "pendulum": (PENDULUM, pendulum_data(), ("z", "dz"), "dz"),
        "inertia": (INERTIA.replace("[24, 24]", "[96, 96]"), inertia_data(), ("m", "r", "I"), "I"),
    }[name]
    good = trained(normalised(text, *fields), data, backend)
    assert unexplained(good, data.arrays[target]) < 0.1
    assert good.metrics["test.loss"] < 0.2
    try:
        left = unexplained(trained(text, data, backend), data.arrays[target])
    except SymdslError:  # diverged
        left = np.inf
    assert left > 0.5


def test_a_trained_hamiltonian_keeps_its_structure_in_the_users_units() -> None:
    text = normalised(PENDULUM, "z", "dz")
    data = pendulum_data()
    result = trained(text, data)
    compilation = compiled(text, dtype="float64")
    report = verify(compilation, result.weights, OPTIONS)
    assert report.passed
    assert {"energy", "symplecticity"} <= {entry.quantity for entry in report.measurements}

    model = compilation.instantiate(result.weights)
    z = data.arrays["z"][:20]
    (dz,) = model.call("forward", z)
    slope = np.empty_like(z)
    for index, step in enumerate((1e-8, 1e1)):
        after, before = z.copy(), z.copy()
        after[:, index] += step
        before[:, index] -= step
        difference = model.call("energy", after)[0] - model.call("energy", before)[0]
        slope[:, index, 0] = difference / (2 * step)
    np.testing.assert_allclose(dz[:, 0], slope[:, 1], rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(dz[:, 1], -slope[:, 0], rtol=1e-5, atol=1e1)


def test_the_backends_start_from_the_same_statistics() -> None:
    text, data = normalised(INERTIA, "m", "r", "I"), inertia_data()
    first, second = (trained(text, data, backend, epochs=1) for backend in ("torch", "jax"))
    for path in ("normalise_m.mean", "normalise_m.scale", "normalise_r.scale", "restore_i.scale"):
        np.testing.assert_array_equal(first.weights[path], second.weights[path])
        assert not np.all(first.weights[path] == 1.0)
    assert first.metrics["test.loss"] == pytest.approx(second.metrics["test.loss"], rel=1e-4)


def test_statistics_are_of_the_training_part_alone() -> None:
    text, data = normalised(INERTIA, "m", "r", "I"), inertia_data()
    result = trained(text, data, epochs=1)
    part = data.arrays["m"][result.split.train]
    np.testing.assert_allclose(result.weights["normalise_m.mean"], part.mean(axis=0), rtol=1e-6)


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_a_resumed_run_is_the_unbroken_run_to_the_bit(backend: str, tmp_path: Path, monkeypatch) -> None:
    from symdsl.training.run import Run

    text, data = normalised(PENDULUM, "z", "dz"), pendulum_data(100)
    settings = {"epochs": 4, "evaluate_every": 1, "checkpoint_every": 1}
    whole = trained(text, data, backend, tmp_path / "whole", **settings)
    epoch = Run.train_epoch

    def stop(run: Run) -> None:
        if run.epoch == 2:
            raise KeyboardInterrupt
        epoch(run)

    monkeypatch.setattr(Run, "train_epoch", stop)
    with pytest.raises(KeyboardInterrupt):
        trained(text, data, backend, tmp_path / "broken", **settings)
    monkeypatch.setattr(Run, "train_epoch", epoch)
    compilation = compiled(text, backend)
    options = TrainingOptions(batch=50, learning_rate=5e-3, **settings)
    broken = train(
        compilation, compilation.instantiate(), data, options, folder=tmp_path / "broken", resume=True, quiet=True
    )
    for path, value in whole.weights.items():
        np.testing.assert_array_equal(broken.weights[path], value)
    assert broken.metrics == whole.metrics
    for name in ("weights.safetensors", "metrics.jsonl", "checkpoint.safetensors"):
        assert (tmp_path / "broken" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_enforcement_changes_nothing_of_the_scales() -> None:
    text = normalised(INERTIA, "m", "r", "I")
    plain = text.replace("  enforce turn by equivariant_mlp { hidden = [24, 24] }\n", "")
    for name in ("m", "r", "I"):
        scales = [normalisation.field_scale(compiled(each).spec, name) for each in (text, plain)]
        assert scales[0] == scales[1]


def test_renaming_and_reformatting_keep_the_hash() -> None:
    text = normalised(INERTIA, "m", "r", "I")
    other = text.replace("turn", "rotation").replace("I: tensor", "K: tensor").replace("I from", "K from")
    other = other.replace("r, I", "r,  K")
    assert compiled(text).graph.content_hash() == compiled(other).graph.content_hash()
    assert compiled(text).graph.content_hash() != compiled(INERTIA).graph.content_hash()
