import numpy as np
import pytest

from symdsl.data import fashion
from symdsl.data.source import load_data, parse_reference
from symdsl.data.turn import turn_images
from symdsl.diagnostics.diagnostic import SymdslError
from tests.unit.data.idx_files import write_fashion, write_idx

SMALL = "training = 20, validation = 5, test = 8"


def load(folder, options="", seed=0):
    text = f"fashion_mnist(folder = clothes, {SMALL}{options and ', '}{options})"
    return load_data(parse_reference(text, folder=folder), seed)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_parts_are_drawn_from_their_own_files(suffix, tmp_path):
    write_fashion(tmp_path / "clothes", suffix=suffix)
    data = load(tmp_path, "normalised = false")
    assert data["images"].shape == (33, 1, 28, 28)
    assert {part: len(where) for part, where in data.partition.items()} == {"train": 20, "validation": 5, "test": 8}
    origin = np.rint(data["images"][:, 0, 0, 0] * 255).astype(int)
    assert len(set(origin[:25])) == 25
    assert max(origin[:25]) > 25
    assert len(set(origin[25:])) == 8
    assert max(origin[25:]) < 10
    whole = fashion.read_part(tmp_path / "clothes", "train", None)
    np.testing.assert_array_equal(data["images"][:25, 0] * 255, whole[0][origin[:25]])
    np.testing.assert_array_equal(data["labels"][:25], whole[1][origin[:25]])
    np.testing.assert_array_equal(data["angles"], 0)


def test_each_image_is_turned_by_its_own_angle(tmp_path):
    write_fashion(tmp_path / "clothes")
    plain = load(tmp_path, "normalised = false")
    turned = load(tmp_path, "normalised = false, rotated = true")
    assert len(np.unique(turned["angles"])) == 33
    np.testing.assert_array_equal(turned["images"][:, 0], turn_images(plain["images"][:, 0], turned["angles"]))
    np.testing.assert_array_equal(turned["labels"], plain["labels"])
    assert np.abs(turned["images"] - plain["images"]).max() > 0.1


def test_turning_on_the_grid_by_quarter_turns_is_exact():
    images = np.random.default_rng(0).random((500, 28, 28))
    turned = turn_images(images, np.arange(500) * np.pi / 2)
    for index in (0, 1, 2, 3, 499):
        np.testing.assert_allclose(turned[index], np.rot90(images[index], index), atol=1e-12)


def test_one_mean_and_one_deviation_of_the_training_part(tmp_path):
    write_fashion(tmp_path / "clothes")
    data = load(tmp_path, "rotated = true")
    train = data["images"][data.partition["train"]]
    assert abs(train.mean()) < 1e-12
    assert abs(train.std() - 1) < 1e-12


def test_the_seed_rules_choice_and_angles(tmp_path):
    write_fashion(tmp_path / "clothes")
    first, same, other = (load(tmp_path, "rotated = true", seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first["images"], same["images"])
    assert not np.array_equal(first["labels"], other["labels"])
    np.testing.assert_array_equal(load(tmp_path, "rotated = true, seed = 1", 2)["images"], first["images"])


def test_without_the_package_the_message_has_the_command(monkeypatch, tmp_path):
    monkeypatch.setattr(fashion, "DEBIAN", tmp_path / "nowhere")
    with pytest.raises(SymdslError, match="SYM1009") as caught:
        load_data(parse_reference("fashion_mnist"))
    assert caught.value.exit_code == 4
    assert caught.value.diagnostics[0].hint == "apt-get install dataset-fashion-mnist"


def test_faults(tmp_path):
    write_fashion(tmp_path / "clothes")
    with pytest.raises(SymdslError, match="SYM0815"):
        load_data(parse_reference("fashion_mnist(folder = clothes, training = 39, validation = 2)", folder=tmp_path))
    for outside in ("..", "/usr/share/datasets", "a/../../b"):
        with pytest.raises(SymdslError, match="SYM0808"):
            load_data(parse_reference(f"fashion_mnist(folder = {outside})", folder=tmp_path))
    with pytest.raises(SymdslError, match="SYM0801") as caught:
        load_data(parse_reference("fashion_mnist(folder = none)", folder=tmp_path))
    assert caught.value.exit_code == 2
    labels = tmp_path / "clothes" / "train-labels-idx1-ubyte.gz"
    write_idx(labels, np.full(40, 10, dtype=np.uint8))
    with pytest.raises(SymdslError, match="SYM0811"):
        load(tmp_path)
    write_idx(labels, np.zeros(39, dtype=np.uint8))
    with pytest.raises(SymdslError, match="SYM0810"):
        load(tmp_path)
    write_idx(labels, np.zeros((40, 2), dtype=np.uint8))
    with pytest.raises(SymdslError, match="SYM0804"):
        load(tmp_path)


@pytest.mark.skipif(not fashion.DEBIAN.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")
def test_the_published_files():
    data = load_data(parse_reference("fashion_mnist(rotated = true)"))
    assert data["images"].shape == (24_000, 1, 28, 28)
    assert [len(part) for part in data.partition.values()] == [12_000, 2_000, 10_000]
    assert set(np.unique(data["labels"])) == set(range(10))
    np.testing.assert_array_equal(np.bincount(data["labels"][data.partition["test"]]), 1000)
