import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from symdsl.artifact.manifest import read_manifest, verify_files
from symdsl.artifact.weights import read_metadata, read_weights, write_weights
from symdsl.data.match import FieldArrays
from symdsl.diagnostics.diagnostic import SymdslError
from tests.unit.training.linear_classifier import IR_HASH, FakeModel, classified


def same(first, second):
    assert first.keys() == second.keys()
    return all(np.array_equal(first[name], second[name]) for name in first)


def test_training_learns_and_judges_all_parts(trainer):
    result = trainer(epochs=50)
    assert result.metrics["train.accuracy"] >= 0.9
    assert result.metrics["test.error"] == pytest.approx(1 - result.metrics["test.accuracy"])
    assert result.metrics["train.loss"] < 0.5 * result.history[0]["train.loss"]
    assert (len(result.split.train), len(result.split.validation), len(result.split.test)) == (80, 10, 10)
    assert (result.epochs, result.steps) == (50, 50 * 5)
    assert result.history[-1]["epoch"] == 50
    assert "validation.loss" in result.history[-1]
    # the state that the objective updates was updated once a step
    assert result.weights["steps"] == 250


def test_the_model_holds_the_weights_of_the_result(trainer):

    model = FakeModel(trainer.backend, trainer.dtype)
    result = trainer(model=model)
    assert same(model.weights(), result.weights)
    if trainer.backend == "torch":
        assert not model.module.training


def test_equal_seeds_give_equal_bits_and_others_do_not(trainer):
    first = trainer()
    assert same(first.weights, trainer().weights)
    assert not same(first.weights, trainer(seed=1).weights)


def test_both_backends_agree_without_noise(monkeypatch):
    from tests.unit.training import linear_classifier

    monkeypatch.setattr(linear_classifier, "KEEP", 1.0)
    results = [linear_classifier.Trainer(backend)(epochs=3, weight_decay=0.01) for backend in ("torch", "jax")]
    for name in results[0].weights:
        np.testing.assert_allclose(results[0].weights[name], results[1].weights[name], rtol=0, atol=1e-12)
    for key, value in results[0].metrics.items():
        assert results[1].metrics[key] == pytest.approx(value, abs=1e-12)


PERIODS = {"epochs": 6, "evaluate_every": 3, "checkpoint_every": 2}
RESUMED = [
    {"batch": 30},
    {"optimiser": "sgd", "schedule": "cosine", "batch": "full"},
    {"optimiser": "rmsprop", "clip": 0.1, "ema": 0.9, "keep": "best", "warmup": 2},
    {"optimiser": "adamw", "ema": 0.9, "schedule": "plateau", "plateau_after": 1, "min_delta": 0.05, "batch": 20},
    {"schedule": "one_cycle", "checkpoint_steps": 3, "keep": "best"},
]


@pytest.mark.parametrize("options", RESUMED)
def test_a_resumed_run_is_the_unbroken_run_to_the_bit(trainer, options, tmp_path):
    unbroken = trainer(tmp_path / "whole", **PERIODS, **options)
    broken = interrupt(trainer, tmp_path / "broken", after=4, **PERIODS, **options)
    resumed = trainer(broken, resume=True, **PERIODS, **options)
    assert same(unbroken.weights, resumed.weights)
    assert unbroken.history == resumed.history
    assert unbroken.metrics == resumed.metrics
    for name in ("weights.safetensors", "metrics.jsonl", "manifest.json", "checkpoint.safetensors"):
        assert (tmp_path / "whole" / name).read_bytes() == (broken / name).read_bytes()


def interrupt(trainer, folder, after, **options):
    """A run that is stopped in the epoch after `after`."""
    from symdsl.training.run import Run

    whole = Run.train_epoch

    def stop(run):
        if run.epoch == after:
            run.stepper.step(np.arange(3), 0.5)
            raise KeyboardInterrupt
        whole(run)

    Run.train_epoch = stop
    try:
        with pytest.raises(KeyboardInterrupt):
            trainer(folder, **options)
    finally:
        Run.train_epoch = whole
    return folder


def test_resuming_a_finished_run_changes_nothing(torch_trainer, tmp_path):
    first = torch_trainer(tmp_path / "run")
    files = {file.name: file.read_bytes() for file in (tmp_path / "run").iterdir()}
    again = torch_trainer(tmp_path / "run", resume=True)
    assert same(first.weights, again.weights)
    assert files == {file.name: file.read_bytes() for file in (tmp_path / "run").iterdir()}


def test_resuming_an_empty_folder_starts_anew(torch_trainer, tmp_path):
    assert same(torch_trainer(tmp_path / "run", resume=True).weights, torch_trainer().weights)


def test_a_torn_metrics_line_is_dropped_on_resume(torch_trainer, tmp_path):
    folder = interrupt(torch_trainer, tmp_path / "run", after=3)
    with (folder / "metrics.jsonl").open("a") as stream:
        stream.write('{"epoch": 4, "trai')
    result = torch_trainer(folder, resume=True)
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2, 3, 4]
    assert [json.loads(line) for line in lines] == result.history


def test_the_run_folder_is_complete_and_true(torch_trainer, tmp_path):
    result = torch_trainer(tmp_path / "run")
    names = {file.name for file in (tmp_path / "run").iterdir()}
    assert names == {"spec.sym", "metrics.jsonl", "weights.safetensors", "checkpoint.safetensors", "manifest.json",
                     "metrics.png"}  # fmt: skip
    manifest = read_manifest(tmp_path / "run" / "manifest.json")
    verify_files(tmp_path / "run", manifest)
    assert (manifest.parameters, manifest.backend, manifest.claims) == (21, "torch", ("nothing is claimed",))
    assert manifest.ir_hash == IR_HASH
    assert same(read_weights(tmp_path / "run" / "weights.safetensors"), result.weights)
    assert (tmp_path / "run" / "metrics.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_with_a_run_is_not_overwritten(torch_trainer, tmp_path):
    torch_trainer(tmp_path / "run")
    with pytest.raises(SymdslError, match="SYM0909"):
        torch_trainer(tmp_path / "run")


@pytest.mark.parametrize("change", ["options", "data", "spec", "dtype"])
def test_another_run_is_not_resumed(torch_trainer, tmp_path, change):
    torch_trainer(tmp_path / "run")
    options = {}
    if change == "options":
        options = {"learning_rate": 0.06}
    elif change == "data":
        arrays = {**torch_trainer.data.arrays, "x": torch_trainer.data.arrays["x"] + 1}
        torch_trainer.data = FieldArrays("made", arrays, 100, {})
    elif change == "spec":
        torch_trainer.text += " // other"
    else:
        torch_trainer.dtype = "float32"
    with pytest.raises(SymdslError, match="SYM1204") as caught:
        torch_trainer(tmp_path / "run", resume=True, **options)
    assert caught.value.exit_code == 2


def test_a_damaged_checkpoint_is_an_error(torch_trainer, tmp_path):
    torch_trainer(tmp_path / "run")
    path = tmp_path / "run" / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SymdslError, match="SYM0901"):
        torch_trainer(tmp_path / "run", resume=True)


def test_divergence_says_where_and_what_to_try(trainer, tmp_path):
    fault = diverge(trainer, 1e300, folder=tmp_path / "run", optimiser="sgd", learning_rate=1e6)
    assert "became nan at step 2" in fault.message
    assert "learning_rate = 100000, clip = 1.0" in (fault.hint or "")
    assert any("all weights before it were finite" in note for note in fault.notes)
    assert "sgd at learning rate 1e+06" in fault.notes
    # nothing that diverged is kept
    assert not (tmp_path / "run" / "checkpoint.safetensors").exists()
    trainer.data = classified(100)
    trainer.text += " // mended"
    assert trainer(tmp_path / "run").epochs == 4


def diverge(trainer, scale, **options):
    """The diagnostic of a run on inputs times `scale`."""
    arrays = {**trainer.data.arrays, "x": trainer.data.arrays["x"] * scale}
    trainer.data = FieldArrays("made", arrays, 100, {})
    with pytest.raises(SymdslError, match="SYM1201") as caught, np.errstate(all="ignore"):
        trainer(**options)
    assert caught.value.exit_code == 5
    return caught.value.diagnostics[0]


def test_an_update_that_overflows_is_told_from_a_loss_that_does(trainer):
    fault = diverge(trainer, 1e305, optimiser="sgd", learning_rate=1e6)
    assert "step 2" in fault.message
    assert any("the update, rate times direction, of step 1 was not finite, in weight" in note for note in fault.notes)


def test_a_gradient_that_is_not_finite_is_told_with_its_parameter(torch_trainer):
    model = FakeModel("torch", "float64")
    own = model.module.objective
    # the slope of a root at 0
    model.module.objective = lambda x, y, kept: own(x, y, kept) + model.module.bias.abs().sqrt().sum()
    fault = diverge(torch_trainer, 1.0, model=model)
    assert "step 2" in fault.message
    assert any("the gradient of step 1 was not finite, in bias; its loss was" in note for note in fault.notes)


def test_a_run_that_diverges_late_keeps_its_checkpoint(trainer, tmp_path):
    folder = tmp_path / "run"
    trainer(folder, epochs=3)
    before = (folder / "checkpoint.safetensors").read_bytes()
    checkpoint = read_weights(folder / "checkpoint.safetensors")
    assert all(np.isfinite(array).all() for array in checkpoint.values() if array.dtype.kind == "f")
    metadata = read_metadata(folder / "checkpoint.safetensors")
    metadata["identity"]["options"]["epochs"] = 9
    checkpoint["weights.weight"][0, 0] = np.nan
    write_weights(folder / "checkpoint.safetensors", checkpoint, metadata)
    with pytest.raises(SymdslError, match="SYM1201") as caught, np.errstate(all="ignore"):
        trainer(folder, resume=True, epochs=9)
    assert "at step 16" in caught.value.diagnostics[0].message
    assert "the checkpoint of step 15 is kept" in caught.value.diagnostics[0].notes
    assert before != (folder / "checkpoint.safetensors").read_bytes()


def test_float32_weights_and_outputs(trainer):
    trainer.dtype = "float32"
    result = trainer()
    assert {array.dtype for array in result.weights.values()} == {np.dtype("float32")}


def test_a_batch_larger_than_the_data_is_an_error(torch_trainer):
    with pytest.raises(SymdslError, match="SYM1202"):
        torch_trainer(batch=81)
    assert torch_trainer(batch=80).steps == 4
    assert torch_trainer(batch=None).steps == 4
    assert torch_trainer(batch=30).steps == 4 * 3
    assert torch_trainer(batch=30, last_batch="drop").steps == 4 * 2


def test_the_published_split_is_used(torch_trainer):
    partition = {"train": np.arange(40), "test": np.arange(40, 100)}
    torch_trainer.data = FieldArrays("made", torch_trainer.data.arrays, 100, partition)
    result = torch_trainer()
    assert len(result.split.test) == 60
    assert "validation.loss" not in result.metrics


def test_a_missing_device_is_an_error(torch_trainer):
    from symdsl.training import jax_step, torch_step

    for find in (torch_step.find_device, jax_step.find_device):
        with pytest.raises(SymdslError, match="SYM1003") as caught:
            find("tpu" if find is jax_step.find_device else "mps:3")
        assert caught.value.exit_code == 4


def test_another_backend_cannot_train(torch_trainer):

    model = FakeModel("torch", "float64")
    torch_trainer.backend = "other"
    with pytest.raises(SymdslError, match="SYM1001"):
        torch_trainer(model=model)


PROGRAM = """
import sys
from pathlib import Path
from tests.unit.training.linear_classifier import Trainer
Trainer("torch")(Path(sys.argv[1]), epochs=300, checkpoint_every=2, evaluate_every=100)
"""


def test_a_killed_run_resumes_to_the_bit(torch_trainer, tmp_path):
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path / "run")], cwd=Path(__file__).parents[3])
    checkpoint = tmp_path / "run" / "checkpoint.safetensors"
    while not checkpoint.exists() and process.poll() is None:
        time.sleep(0.002)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert not (tmp_path / "run" / "manifest.json").exists()
    (tmp_path / "run" / ".checkpoint.safetensors.abc").write_text("half written")
    options = {"epochs": 300, "checkpoint_every": 2, "evaluate_every": 100}
    resumed = torch_trainer(tmp_path / "run", resume=True, **options)
    assert not list((tmp_path / "run").glob(".*"))
    whole = torch_trainer(**options)
    assert same(resumed.weights, whole.weights)
    assert resumed.history == whole.history


@pytest.mark.parametrize("options", [{"ema": 0.8, "keep": "best"}, {"schedule": "plateau", "plateau_after": 1}])
def test_a_run_stopped_at_any_step_resumes_to_the_bit(trainer, tmp_path, options):
    """Every 3 of 5 steps a checkpoint: inside epochs, and at their ends, where an evaluation is due as well."""
    options = {"epochs": 5, "checkpoint_steps": 3, "evaluate_every": 2, **options}
    whole = trainer(tmp_path / "whole", **options)
    for step in (2, 5, 8, 15, 24) if trainer.backend == "jax" else (1, 2, 3, 5, 6, 8, 10, 14, 15, 24):
        folder = tmp_path / f"{step}"
        stop_at(trainer, folder, step, options)
        resumed = trainer(folder, resume=True, **options)
        assert same(resumed.weights, whole.weights)
        assert (resumed.history, resumed.metrics) == (whole.history, whole.metrics)
        for name in ("metrics.jsonl", "checkpoint.safetensors", "manifest.json"):
            assert (folder / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def stop_at(trainer, folder, step, options):
    from symdsl.training.run import Run

    class StoppedError(Exception):
        pass

    whole = Run.batches_from

    def stopping(run, place):
        for offset, batch in enumerate(whole(run, place)):
            if place + offset == step:
                raise StoppedError
            yield batch

    Run.batches_from = stopping
    try:
        with pytest.raises(StoppedError):
            trainer(folder, **options)
    finally:
        Run.batches_from = whole
