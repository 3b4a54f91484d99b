"""The 1,797 handwritten digits that ship with scikit-learn (8 x 8 pixels), enlarged and turned on demand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.source import Reference, SourceOptions, read_options, refuse_path
from symdsl.data.turn import normalise_images, turn_images
from symdsl.diagnostics.missing import missing_extra

BOX = 5 / 7
"""The part of an enlarged image that the digit's box takes, 20 of 28 as in MNIST: turning it loses no ink."""
TEST, VALIDATION = 400, 200


class DigitsOptions(SourceOptions):
    """`size` pixels a side (8 as they are); `rotated` turns each image by its own uniform angle; `normalised` by one
    mean and one standard deviation of the training part."""

    size: int | None = Field(None, ge=8, le=128)
    rotated: bool = False
    normalised: bool = True
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


class Digits:
    """Images and labels; a random partition of 1,197 training, 200 validation and 400 test images."""

    name = "digits"
    description = "scikit-learn's 1,797 handwritten digits; options size, rotated, normalised, seed"
    keys: Mapping[str, str] = MappingProxyType({
        "images": "(1797, 1, size, size) grey values, normalised by one mean and one standard deviation",
        "labels": "(1797,) the digit, 0 to 9",
        "angles": "(1797,) by how much each image was turned, radians, counter-clockwise as seen; 0 unless rotated",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The digits; angles and partition come from the seed. Without scikit-learn: SymdslError (SYM1009, exit 4)."""
        refuse_path(reference)
        options = read_options(reference, DigitsOptions)
        try:
            from sklearn.datasets import load_digits
        except ImportError:
            raise missing_extra("scikit-learn", "data", "the data source digits", reference.span) from None
        raw, labels = load_digits(return_X_y=True)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        order = generator.permutation(len(raw))
        partition = {
            "train": np.sort(order[TEST + VALIDATION :]),
            "validation": np.sort(order[TEST : TEST + VALIDATION]),
            "test": np.sort(order[:TEST]),
        }
        angles = generator.uniform(0, 2 * np.pi, len(raw)) if options.rotated else np.zeros(len(raw))
        images = turn_images(raw.reshape(-1, 8, 8) / 16, angles, options.size, BOX)
        if options.normalised:
            images = normalise_images(images, partition["train"])
        arrays = {"images": images[:, None], "labels": labels.astype(np.int64), "angles": angles}
        return Dataset(reference.text, arrays, {"images": "image", "labels": "label"}, partition)


SOURCE = Digits()
