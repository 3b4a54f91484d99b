"""Fashion-MNIST (Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747), turned on demand: ten kinds of clothes, 28 x 28."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from symdsl.data.dataset import Dataset, check_same_length
from symdsl.data.faults import bad_data
from symdsl.data.idx import read_idx
from symdsl.data.source import Reference, SourceOptions, check_path, read_options, refuse_path
from symdsl.data.turn import normalise_images, turn_images
from symdsl.diagnostics.diagnostic import Diagnostic, Span, SymdslError

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package dataset-fashion-mnist puts the four files."""
CLASSES = 10

Part = tuple[NDArray[np.uint8], NDArray[np.int64]]


class FashionOptions(SourceOptions):
    """`training` and `validation` images are drawn from the published training part, `test` images from its test part.

    `folder` holds the four files; `rotated` turns each image by its own uniform angle; `normalised` by one mean and one
    standard deviation of the training images.
    """

    folder: str | None = None
    rotated: bool = False
    training: int = Field(12_000, ge=1)
    validation: int = Field(2_000, ge=0)
    test: int = Field(10_000, ge=0)
    normalised: bool = True
    seed: int | None = Field(None, ge=0, le=2**32 - 1)


class Fashion:
    """Images and labels; test images are never among those trained on."""

    name = "fashion_mnist"
    description = "Fashion-MNIST; options folder, rotated, training, validation, test, normalised, seed"
    keys: Mapping[str, str] = MappingProxyType({
        "images": "(N, 1, 28, 28) grey values, normalised by one mean and one standard deviation",
        "labels": "(N,) the kind of clothes, 0 to 9",
        "angles": "(N,) by how much each image was turned, radians, counter-clockwise as seen; 0 unless rotated",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The images; the choice and the angles come from the seed. Raises SymdslError.

        SYM1009 (exit 4) the package is not installed, SYM0801 a file of `folder` is missing, SYM0808 `folder` lies
        outside the spec's, SYM0815 more images than there are, SYM0802, SYM0807, SYM0811 damaged files.
        """
        refuse_path(reference)
        options = read_options(reference, FashionOptions)
        folder = find_folder(options, reference)
        generator = np.random.default_rng(seed if options.seed is None else options.seed)
        train = read_part(folder, "train", reference.span)
        test = read_part(folder, "t10k", reference.span)
        counts = (options.training, options.validation, options.test)
        chosen = draw_samples(len(train[0]), options.training + options.validation, generator, reference)
        judged = draw_samples(len(test[0]), options.test, generator, reference)
        raw = np.concatenate([train[0][chosen], test[0][judged]]) / 255
        angles = generator.uniform(0, 2 * np.pi, len(raw)) if options.rotated else np.zeros(len(raw))
        images = turn_images(raw, angles) if options.rotated else raw
        ends = np.cumsum(counts)
        partition = {
            "train": np.arange(ends[0]),
            "validation": np.arange(ends[0], ends[1]),
            "test": np.arange(ends[1], ends[2]),
        }
        if options.normalised:
            images = normalise_images(images, partition["train"])
        labels = np.concatenate([train[1][chosen], test[1][judged]])
        arrays = {"images": images[:, None], "labels": labels, "angles": angles}
        return Dataset(reference.text, arrays, {"images": "image", "labels": "label"}, partition)


SOURCE = Fashion()


def find_folder(options: FashionOptions, reference: Reference) -> Path:
    """The folder of the four files. Raises SymdslError: SYM0808 outside the spec's folder, SYM1009 (exit 4) absent."""
    if options.folder is not None:
        return check_path(options.folder, reference.folder, reference.allow_path, reference.span)
    if not DEBIAN.is_dir():
        message = "the data source fashion_mnist needs Debian's package dataset-fashion-mnist"
        notes = (f"there is no folder {DEBIAN}", "fashion_mnist(folder = PATH) reads the four files from elsewhere")
        hint = "apt-get install dataset-fashion-mnist"
        raise SymdslError(Diagnostic("SYM1009", message, reference.span, notes=notes, hint=hint), exit_code=4)
    return DEBIAN


def read_part(folder: Path, part: str, span: Span | None) -> Part:
    """Images (N, 28, 28) and labels (N,) of a part, `train` or `t10k`.

    Raises SymdslError: SYM0804 other shapes, SYM0810 lengths differ, SYM0811 a label over 9, and as `read_idx` does.
    """
    images = np.asarray(read_idx(find_file(folder, f"{part}-images-idx3-ubyte", span), span))
    labels = np.asarray(read_idx(find_file(folder, f"{part}-labels-idx1-ubyte", span), span))
    if images.shape[1:] != (1, 28, 28) or labels.ndim != 1:
        shapes = f"{images.shape} and {labels.shape}"
        raise bad_data("SYM0804", f"images and labels of {part} have shapes {shapes}, not (N, 28, 28) and (N,)",
                       span=span)  # fmt: skip
    check_same_length(str(folder), {"images": images, "labels": labels}, span)
    if labels.size and not 0 <= labels.min() <= labels.max() < CLASSES:
        raise bad_data("SYM0811", f"labels of {part} in {folder} go beyond {CLASSES - 1}", span=span)
    return images[:, 0], labels.astype(np.int64)


def find_file(folder: Path, name: str, span: Span | None) -> Path:
    """The file, raw or `.gz`. Raises SymdslError (SYM0801)."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise bad_data("SYM0801", f"there is no file {name} or {name}.gz in {folder}", span=span,
                   hint="apt-get install dataset-fashion-mnist, and leave the option folder out")  # fmt: skip


def draw_samples(
    available: int, wanted: int, generator: np.random.Generator, reference: Reference
) -> NDArray[np.int64]:
    """`wanted` of `available` indices in a random order. Raises SymdslError (SYM0815) where there are fewer."""
    if wanted > available:
        raise bad_data("SYM0815", f"{reference.text} asks for {wanted:,} images of {available:,}", span=reference.span)
    return generator.permutation(available)[:wanted]
