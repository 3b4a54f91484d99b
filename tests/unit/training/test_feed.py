"""Data in files: the same batches as data in memory, read ahead in order, and never all at once."""

import threading

import numpy as np
import pytest

from symdsl.data.match import FieldArrays
from symdsl.training.feed import AHEAD, streamed_batches
from tests.unit.training.linear_classifier import classified
from tests.unit.training.test_loop import same


class Streamed(FieldArrays):
    """As if the arrays were in files."""

    @property
    def resident(self):
        return False


def streamed(data):
    return Streamed(data.name, data.arrays, data.count, data.partition)


@pytest.mark.parametrize("options", [{}, {"batch": 30, "last_batch": "drop"}])
def test_streaming_gives_the_bits_of_resident_data(trainer, options, tmp_path):
    resident = trainer(**options)
    trainer.data = streamed(classified(100))
    found = trainer(tmp_path / "run", checkpoint_steps=3, **options)
    assert same(found.weights, resident.weights)
    assert found.history == resident.history


def test_batches_are_read_in_order_and_only_a_few_ahead():
    read = []

    class Counted(FieldArrays):
        def take(self, name, indices):
            read.append((threading.current_thread().name, list(indices)))
            return super().take(name, indices)

    data = Counted("made", {"x": np.arange(100.0)}, 100, {})
    batches = (np.arange(start, start + 5) for start in range(0, 50, 5))
    feed = streamed_batches(batches, data, ["x"], np.arange(50, 100))
    for place, arrays in enumerate(feed):
        assert isinstance(arrays, tuple)
        np.testing.assert_array_equal(arrays[0], np.arange(50 + 5 * place, 55 + 5 * place))
        assert len(read) <= place + 1 + AHEAD
        if place == 6:
            break
    feed.close()
    assert len(read) <= 7 + AHEAD
    assert all(name.startswith("symdsl-read") for name, _ in read)


def test_a_fault_while_reading_reaches_the_loop():
    class Broken(FieldArrays):
        def take(self, name, indices):
            raise OSError("gone")

    feed = streamed_batches(iter([np.arange(2)]), Broken("made", {"x": np.zeros(2)}, 2, {}), ["x"], np.arange(2))
    with pytest.raises(OSError, match="gone"):
        next(feed)
