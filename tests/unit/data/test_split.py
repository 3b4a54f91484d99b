import numpy as np
import pytest

from symdsl.data.split import choose_split, split_samples
from symdsl.diagnostics.diagnostic import SymdslError


@pytest.mark.parametrize("count", [1, 7, 70, 101])
def test_a_split_is_a_partition_of_the_asked_sizes(count):
    split = split_samples(count, (0.8, 0.1, 0.1), seed=5)
    together = np.concatenate([split.train, split.validation, split.test])
    np.testing.assert_array_equal(np.sort(together), np.arange(count))
    assert len(split.test) == len(split.validation) == count // 10


def test_the_seed_rules_the_split():
    first, again = split_samples(50, (0.6, 0.2, 0.2), 1), split_samples(50, (0.6, 0.2, 0.2), 1)
    np.testing.assert_array_equal(first.test, again.test)
    assert not np.array_equal(first.test, split_samples(50, (0.6, 0.2, 0.2), 2).test)


@pytest.mark.parametrize(
    ("fractions", "code"),
    [((0.8, 0.1), "SYM1203"), ((0.9, 0.2, 0.1), "SYM1203"), ((1.2, -0.1, -0.1), "SYM1203"), ((0, 0.5, 0.5), "SYM0814"),
     ((float("nan"), 0.5, 0.5), "SYM1203")],
)  # fmt: skip
def test_bad_fractions(fractions, code):
    with pytest.raises(SymdslError, match=code):
        split_samples(10, fractions, 0)


def test_the_published_split_holds_unless_another_is_asked_for():
    partition = {"train": np.arange(6), "test": np.arange(6, 10)}
    kept = choose_split(10, partition, None, 0)
    np.testing.assert_array_equal(kept.train, np.arange(6))
    assert len(kept.validation) == 0
    assert len(choose_split(10, partition, (0.5, 0.2, 0.3), 0).test) == 3
    assert len(choose_split(10, {}, None, 0).train) == 8
