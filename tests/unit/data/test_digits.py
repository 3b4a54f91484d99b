import sys

import numpy as np
import pytest

from symdsl.data.digits import BOX
from symdsl.data.source import load_data, parse_reference
from symdsl.data.turn import sample_bilinear, turn_images
from symdsl.diagnostics.diagnostic import SymdslError


def test_plain_digits_are_scikit_learns_up_to_one_scale_and_shift():
    from sklearn.datasets import load_digits

    data = load_data(parse_reference("digits"))
    raw = load_digits().images
    slope, offset = np.polyfit(raw.ravel(), data["images"].ravel(), 1)
    np.testing.assert_allclose(data["images"][:, 0], slope * raw + offset, atol=1e-12)
    train = data["images"][data.partition["train"]]
    assert abs(train.mean()) < 1e-12
    assert abs(train.std() - 1) < 1e-12
    np.testing.assert_array_equal(data["labels"], load_digits().target)


def test_the_partition_is_disjoint_and_complete():
    partition = load_data(parse_reference("digits")).partition
    together = np.concatenate([partition["train"], partition["validation"], partition["test"]])
    np.testing.assert_array_equal(np.sort(together), np.arange(1797))
    assert [len(partition[part]) for part in ("train", "validation", "test")] == [1197, 200, 400]


def test_turning_by_quarter_turns_is_exact_and_counter_clockwise():
    images = np.random.default_rng(0).random((2, 8, 8))
    upright = turn_images(images, np.zeros(2), 29, BOX)
    turned = turn_images(images, np.full(2, np.pi / 2), 29, BOX)
    np.testing.assert_allclose(turned, np.rot90(upright, axes=(1, 2)), atol=1e-12)
    assert np.abs(turned - upright).max() > 0.1


def test_rotated_digits_have_their_own_angles_and_keep_their_ink():
    plain = load_data(parse_reference("digits(size = 28, normalised = false)"))
    turned = load_data(parse_reference("digits(size = 28, rotated = true, normalised = false)"))
    assert turned["images"].shape == (1797, 1, 28, 28)
    angles = turned["angles"]
    assert len(np.unique(angles)) == 1797
    assert 0 <= angles.min() < 0.1
    assert 6.2 < angles.max() < 2 * np.pi
    ink = turned["images"].sum(axis=(1, 2, 3)) / plain["images"].sum(axis=(1, 2, 3))
    assert np.abs(ink - 1).max() < 0.02
    np.testing.assert_array_equal(plain["angles"], 0)


def test_the_seed_rules_the_angles():
    text = "digits(rotated = true)"
    first = load_data(parse_reference(text), seed=1)
    np.testing.assert_array_equal(first["images"], load_data(parse_reference(text), seed=1)["images"])
    assert not np.array_equal(first["angles"], load_data(parse_reference(text), seed=2)["angles"])


def test_bilinear_sampling_is_exact_at_pixels_and_linear_between():
    image = np.arange(12.0).reshape(3, 4)
    rows, columns = np.meshgrid(np.arange(3.0), np.arange(4.0), indexing="ij")
    np.testing.assert_array_equal(sample_bilinear(image[None], rows[None], columns[None])[0], image)
    points = np.array([[0.5, -0.5, -3.0], [0.5, -0.5, -3.0]]), np.array([[1.25, 1.0, 9.0], [1.25, 1.0, 9.0]])
    values = sample_bilinear(np.stack([image, 2 * image]), *points)
    np.testing.assert_allclose(values, [[3.25, 0.5, 0], [6.5, 1, 0]], atol=1e-14)


def test_without_scikit_learn_the_message_has_the_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(SymdslError, match="SYM1009") as caught:
        load_data(parse_reference("digits"))
    assert caught.value.exit_code == 4
    assert "pip install" in (caught.value.diagnostics[0].hint or "")
