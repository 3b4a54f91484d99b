"""A folder of images with a folder inside for each class, decoded as they are asked for."""

from __future__ import annotations

import math
import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import Field

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.files import damaged, reading
from symdsl.data.lazy import Array, Indices, LazyArray
from symdsl.data.source import Reference, SourceOptions, check_path, check_size, read_options, refuse_path
from symdsl.diagnostics.diagnostic import Span
from symdsl.diagnostics.missing import missing_extra

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".ppm", ".tif", ".tiff", ".webp")
FORMATS = ("PNG", "JPEG", "BMP", "PPM", "TIFF", "WEBP")
MODES: Mapping[str, str] = MappingProxyType({"1": "L", "L": "L", "P": "RGB", "RGB": "RGB"})
"""What an image is read as; a palette is one of colours."""
CHANNELS: Mapping[str, int] = MappingProxyType({"L": 1, "RGB": 3})
KINDS: Mapping[str, str] = MappingProxyType({"L": "grey", "RGB": "RGB"})
LARGEST_PIXELS = 1 << 26
"""Pixels of one image, 8192 x 8192: checked against its header, before anything is decoded."""


class ImageFolderOptions(SourceOptions):
    """`folder` has a folder for each class; `size` resizes every image to so many pixels a side."""

    folder: str
    size: int | None = Field(None, ge=1, le=4096)


class ImageFolder:
    """Images and labels; classes are numbered from 0 in the order of the names of their folders."""

    name = "image_folder"
    description = "a folder of images (PNG, JPEG, ...) with a folder for each class; options folder, size"
    keys: Mapping[str, str] = MappingProxyType({
        "images": "(N, C, H, W) uint8, 0 to 255; C is 1 for grey, 3 for RGB",
        "labels": "(N,) the class, 0 to the number of folders - 1",
    })  # fmt: skip

    def load(self, reference: Reference, seed: int = 0) -> Dataset:
        """The images of all classes, sorted by class and name; only their headers are read.

        Raises SymdslError: SYM0801 no folder, SYM0808 it lies outside the spec's, SYM0814 no images, SYM0815 too many
        or too large, SYM0826 of several sizes or modes, SYM0802, SYM0807, SYM0809 files that cannot be read, SYM1009
        (exit 4) no Pillow.
        """
        refuse_path(reference)
        options = read_options(reference, ImageFolderOptions)
        folder = check_path(options.folder, reference.folder, reference.allow_path, reference.span)
        classes = find_classes(folder, reference)
        paths = tuple(path for images in classes.values() for path in images)
        labels = np.repeat(np.arange(len(classes)), [len(images) for images in classes.values()])
        shape = common_shape(paths, folder, options.size, reference)
        images = ImageArray(paths, (len(paths), *shape), options.size is not None, reference.span)
        return Dataset(reference.text, {"images": images, "labels": labels}, {"images": "image", "labels": "label"})


SOURCE = ImageFolder()


def find_classes(folder: Path, reference: Reference) -> dict[str, list[Path]]:
    """The sorted images of every folder inside `folder`, sorted by its name; hidden ones are left out.

    Raises SymdslError: SYM0801, SYM0808 a link leads out of the folder of the spec, SYM0814 no images, SYM0815.
    """
    span, found = reference.span, 0
    classes: dict[str, list[Path]] = {}
    with reading(folder, span):
        for inside in sorted(folder.iterdir()):
            if inside.name.startswith(".") or not inside.is_dir():
                continue
            images = sorted(
                path for path in inside.iterdir()
                if path.suffix.lower() in ENDINGS and not path.name.startswith(".")
            )  # fmt: skip
            if not images:
                raise bad_data("SYM0814", f"{inside} has no images", span=span,
                               notes=(f"images end in {', '.join(ENDINGS)}",),
                               hint="name a folder that has a folder of images for each class")  # fmt: skip
            found += len(images)
            check_size(reference, found)
            for path in (inside, *images):
                if path.is_symlink():
                    check_path(str(path.relative_to(reference.folder)), reference.folder, reference.allow_path, span)
            classes[inside.name] = images
    if not classes:
        raise bad_data("SYM0814", f"{folder} has no folders, one for each class", span=span)
    return classes


def common_shape(paths: tuple[Path, ...], folder: Path, size: int | None, reference: Reference) -> tuple[int, int, int]:
    """(C, H, W) of every image, from their headers. Raises SymdslError (SYM0826) where they differ."""
    first: tuple[str, tuple[int, int]] | None = None
    for path in paths:
        with warnings.catch_warnings(action="ignore"), opened(path, reference.span) as image:
            # Pillow only warns of a size that is refused here
            found = describe(path, image, reference.span)
        first = first or found
        if found[0] != first[0] or (size is None and found[1] != first[1]):
            wanted = f"{paths[0].relative_to(folder)} is {name_of(*first)}"
            hint = "give the option size, to resize them" if found[0] == first[0] else "convert all to one of the two"
            raise bad_data("SYM0826", f"{path} is {name_of(*found)}, and {wanted}", span=reference.span, hint=hint)
    assert first is not None, "there are images"
    width, height = (size, size) if size else first[1]
    return CHANNELS[first[0]], height, width


def describe(path: Path, image: Any, span: Span | None) -> tuple[str, tuple[int, int]]:
    """("L" or "RGB", (width, height)) of an opened image. Raises SymdslError: SYM0809 of another mode, SYM0815."""
    if image.mode not in MODES or "transparency" in image.info:
        mode = f"{image.mode} with transparency" if image.mode in MODES else image.mode
        raise bad_data("SYM0809", f"{path} is an image of mode {mode}, which is neither 8-bit grey nor RGB", span=span,
                       hint="convert it, without transparency")  # fmt: skip
    if math.prod(image.size) > LARGEST_PIXELS:
        width, height = image.size
        raise bad_data("SYM0815", f"{path} has {width:,} x {height:,} pixels, and the limit is {LARGEST_PIXELS:,}",
                       span=span)  # fmt: skip
    return MODES[image.mode], image.size


def name_of(mode: str, size: tuple[int, int]) -> str:
    """In words: `grey, 28 x 28 pixels`, width first."""
    return f"{KINDS[mode]}, {size[0]} x {size[1]} pixels"


@contextmanager
def opened(path: Path, span: Span | None) -> Iterator[Any]:
    """The image as a `PIL.Image.Image`, not yet decoded.

    Raises SymdslError: SYM1009 (exit 4) no Pillow, SYM0801 unreadable, SYM0802 no image, SYM0807 damaged, SYM0815 a
    header that announces more pixels than Pillow opens.
    """
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise missing_extra("pillow", "data", "the data source image_folder", span) from None
    with reading(path, span):
        try:
            with Image.open(path, formats=FORMATS) as image:
                yield image
        except Image.DecompressionBombError as error:
            raise bad_data("SYM0815", f"{path} has too many pixels", span=span, notes=(f"{error}",)) from None
        except UnidentifiedImageError:
            raise bad_data("SYM0802", f"{path} is not an image of a known format", span=span,
                           notes=(f"known are {', '.join(FORMATS)}",)) from None  # fmt: skip
        except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            raise damaged(path, f"{error}", span) from None


@dataclass(frozen=True)
class ImageArray(LazyArray):
    """The images of `paths`, (N, C, H, W) uint8; those that are `resized` to H x W may have any size."""

    paths: tuple[Path, ...]
    shape: tuple[int, int, int, int]
    resized: bool = False
    span: Span | None = None

    @property
    def dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        """uint8."""
        return np.dtype(np.uint8)

    def read_slice(self, start: int, stop: int) -> Array:
        """The images start .. stop - 1. Raises SymdslError (see `decode`)."""
        return self.read_samples(np.arange(start, stop))

    def read_samples(self, indices: Indices) -> Array:
        """The images of these indices. Raises SymdslError (see `decode`)."""
        found = np.empty((len(indices), *self.shape[1:]), self.dtype)
        for place, index in enumerate(indices):
            found[place] = self.decode(self.paths[index])
        return found

    def decode(self, path: Path) -> Array:
        """One image (C, H, W). Raises SymdslError: SYM0826 it is not what its header was, and as `opened` does."""
        channels, height, width = self.shape[1:]
        with opened(path, self.span) as image:
            mode, size = describe(path, image, self.span)
            if CHANNELS[mode] != channels or (not self.resized and size != (width, height)):
                raise bad_data("SYM0826", f"{path} is {name_of(mode, size)}: it has changed", span=self.span)
            pixels = image.convert(mode)
            if self.resized:
                from PIL.Image import Resampling

                pixels = pixels.resize((width, height), Resampling.BILINEAR)
            return np.asarray(pixels).reshape(height, width, channels).transpose(2, 0, 1)
