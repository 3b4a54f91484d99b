"""Which field of a spec an array may be: by its name, its shape and its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from symdsl.data.dataset import Dataset
from symdsl.data.faults import bad_data
from symdsl.data.lazy import SampleArray, blocks

KEY = re.compile(r"[A-Za-z_]\w*", re.ASCII)
PARTS_OF_NAMES = re.compile(r"idx\d|ubyte|train|test|t\d+k")
MOST_CLASSES = 1_000
CHANNELS = (1, 2, 3, 4)
LABELS = frozenset({"y", "label", "labels", "target", "targets", "class", "classes", "species"})
POINTS = frozenset({"positions", "position", "pos", "points", "coordinates", "xyz", "r"})
MOMENTA = frozenset({"p", "momenta", "momentum", "four_momenta", "fourmomenta"})
STATES = frozenset({"z", "state", "states"})


@dataclass(frozen=True)
class DraftField:
    """A field: its name, its kind and the type as a spec writes it, the axis that it runs along and where it is from.

    `count` is the size of that axis, None for one of each. `reference` is what stands after `from`.
    """

    name: str
    kind: str
    type: str
    reference: str
    count: int | None = None
    dimension: int | None = None

    def line(self, axes: Mapping[int, str]) -> str:
        """The declaration, with the axis by its name."""
        per = f" per {axes[self.count]}" if self.count is not None else ""
        return f'{self.name}: {self.type}{per} from "{self.reference}"'


def draft_fields(datasets: Iterable[tuple[str, Dataset]]) -> tuple[tuple[DraftField, ...], tuple[str, ...]]:
    """A field for each array that can be one, and a remark for each that cannot.

    `datasets` come with the reference that a spec names them by. Raises SymdslError (SYM0834) for graphs.
    """
    found: dict[str, DraftField] = {}
    remarks: list[str] = []
    for reference, dataset in datasets:
        if dataset.counts or {"n_node", "senders"} & set(dataset.arrays):
            raise bad_data(
                "SYM0834", f"{reference} holds graphs, or samples of any number of rows, which no draft is made for",
                hint="declare them in a `graph` of the data, or along `axis bodies = any`",
            )  # fmt: skip
        names = frozenset(dataset.arrays)
        for key in dataset.arrays:
            array = dataset.array(key)
            name = free_name(key if dataset.only is None else name_of_file(reference), found)
            where = reference if dataset.only is not None else f"{reference}:{key}"
            if dataset.only is None and not KEY.fullmatch(key):
                remarks.append(f"`{key}` is left out: a spec cannot write this name")
                continue
            field = draft_field(name, key, where, array, names, dataset.kinds.get(key))
            if field is None:
                remarks.append(f"`{key}` is left out: no field has its shape {array.shape} and numbers {array.dtype}")
            else:
                found[name] = field
    return along_axes(tuple(found.values())), tuple(remarks)


def along_axes(fields: tuple[DraftField, ...]) -> tuple[DraftField, ...]:
    """As many numbers as other fields have parts are one for each part."""
    sizes = {field.count for field in fields if field.count is not None}
    return tuple(
        replace(field, type="scalar", count=field.dimension)
        if field.kind == "scalar" and field.count is None and field.dimension in sizes
        else field
        for field in fields
    )


def draft_field(
    name: str, key: str, where: str, array: SampleArray, names: frozenset[str], kind: str | None
) -> DraftField | None:
    """The field of an array; `names` are the keys beside it, `kind` what its source says that it is."""
    shape = array.shape[1:]
    if array.dtype.kind not in "fiub" or 0 in shape:
        return None
    if kind == "label" or (not shape and array.dtype.kind in "iub"):
        classes = count_classes(array)
        if classes is not None:
            return DraftField(name, "label", f"label(classes = {classes})", where)
    motion = draft_motion(name, key, where, shape, names)
    if motion is not None:
        return motion
    match shape:
        case ():
            return DraftField(name, "scalar", "scalar", where)
        case (size,):
            return draft_vector(name, key, where, size, None)
        case (count, size):
            return draft_vector(name, key, where, size, count)
        case (channels, height, width) if channels in CHANNELS and min(height, width) > 1:
            return DraftField(name, "image", f"image(channels = {channels}, size = [{height}, {width}])", where)
    return None


def draft_motion(name: str, key: str, where: str, shape: tuple[int, ...], names: frozenset[str]) -> DraftField | None:
    """`z` beside `dz`: a phase space, q before p, and its derivative."""
    if len(shape) != 2 or shape[0] != 2:
        return None
    if key in STATES and f"d{key}" in names:
        return DraftField(name, "phase_space", f"phase_space(dim = {shape[1]})", where, dimension=shape[1])
    if key.startswith("d") and key[1:] in STATES and key[1:] in names:
        return DraftField(name, "derivative", f"derivative({key[1:]})", where)
    return None


def draft_vector(name: str, key: str, where: str, size: int, count: int | None) -> DraftField:
    """Two to four numbers as a vector, or a point by its name; others as scalars, which nothing turns."""
    if key.lower() in POINTS and size in (2, 3):
        return DraftField(name, "point", f"point({size})", where, count, size)
    if size in (2, 3) or (size == 4 and key.lower() in MOMENTA):
        return DraftField(name, "vector", f"vector({size})", where, count, size)
    return DraftField(name, "scalar", f"scalar({size})" if size > 1 else "scalar", where, count, size)


def count_classes(array: SampleArray) -> int | None:
    """The number of classes of whole numbers that count them from 0; None where they do not."""
    if array.dtype.kind not in "iub":
        return None
    least, most = 0, 0
    for _, block in blocks(array):
        least, most = min(least, int(np.min(block))), max(most, int(np.max(block)))
    return most + 1 if least == 0 and 1 <= most < MOST_CLASSES else None


def free_name(key: str, taken: Iterable[str]) -> str:
    """A name of the language, and a new one: letters, digits and underscores of the key."""
    stem = re.sub(r"\W+", "_", key, flags=re.ASCII).strip("_") or "field"
    stem = stem if stem[0].isalpha() else f"field_{stem}"
    name, number = stem, 1
    while name in set(taken):
        number += 1
        name = f"{stem}_{number}"
    return name


def name_of_file(reference: str) -> str:
    """What the one array of a file is called: `train-images-idx3-ubyte` gives `images`."""
    stem = re.sub(r"(\.\w+)+$", "", reference.rpartition("/")[2])
    words = [each for each in re.split(r"\W+", stem) if each and not PARTS_OF_NAMES.fullmatch(each)]
    return "_".join(words) or "array"
