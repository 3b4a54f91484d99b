"""Group cards on disk: `NAME.card.json`, which a person reads, beside `NAME.card.safetensors`, which holds the numbers.

Equal cards are equal files, byte for byte. Reading runs no code, takes no memory before sizes are known to be sound,
and believes nothing: the hash, the shapes and the algebra itself are verified.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydantic import ValidationError

from symdsl.artifact.weights import encode_weights
from symdsl.artifact.write import replacing
from symdsl.cards.card import CARD_VERSION, Certificate, CertificateTest, GroupCard
from symdsl.cards.schema import CardJson
from symdsl.cards.soundness import check_numbers, check_shapes
from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.groups.arrays.matrices import Array

ARRAYS: Final = ("generators", "discrete", "constants", "forms")
OPTIONAL_ARRAYS: Final = ("frame", "outputs", "discrete_outputs", "ranges")
MOST_TEXT: Final = 4_000_000
MOST_HEADER: Final = 100_000
AGAIN: Final = "make the card again with symdsl discover"


def card_hash(card: GroupCard) -> str:
    """SHA-256, in hexadecimal digits, of all that the card says: its JSON without the hash, and its numbers.

    Raises SymdslError (SYM1305) where something in it is no JSON.
    """
    return _hash(_described(card), _arrays(card))


def write_card(path: Path, card: GroupCard) -> None:
    """Write the JSON at `path` and the arrays beside it; folders above are made.

    Both files are whole before either is put in place. Raises SymdslError: SYM0907, SYM1304 and SYM1305 for a card
    whose shapes do not fit together or whose numbers are not finite, SYM1306 for one whose algebra is not closed.
    """
    described, arrays = _described(card), _arrays(card)
    check_shapes(str(path), {name: list(array.shape) for name, array in arrays.items()})
    check_numbers(str(path), arrays)
    text = json.dumps({**described, "hash": _hash(described, arrays)}, indent=2, sort_keys=True, allow_nan=False) + "\n"
    with replacing(arrays_path(path)) as numbers, replacing(path) as words:
        numbers.write_bytes(encode_weights(arrays))
        words.write_text(text, encoding="utf-8", newline="\n")


def arrays_path(path: Path) -> Path:
    """Where the numbers of the card at `path` are: lorentz.card.json has lorentz.card.safetensors."""
    return path.with_suffix(".safetensors")


def read_card(path: Path, name: str = "") -> GroupCard:
    """The card at `path`, which faults call `name` where it is given.

    Raises SymdslError, exit code 2, with one diagnostic.
    SYM1301: missing, too large, not JSON; SYM1302: another version or not the schema of a card; SYM1303: not what was
    written; SYM1304: arrays that are missing, or not of the stated shapes; SYM1305: numbers that are not finite;
    SYM1306: generators that do not close, or structure constants that are not theirs.
    """
    name = name or str(path)
    found = _read_json(path, name)
    check_shapes(name, found.arrays)
    arrays = _read_arrays(arrays_path(path), f"{arrays_path(Path(name))}", found.arrays)
    described = found.model_dump(mode="json", exclude={"hash"})
    if _hash(described, arrays) != found.hash:
        raise refused("SYM1303", f"{name} or its numbers are not what was written", hint=AGAIN)
    check_numbers(name, arrays)
    return _card(found, arrays)


def refused(code: str, message: str, *notes: str, hint: str | None = None) -> SymdslError:
    """A card that is not taken: exit code 2."""
    return SymdslError(Diagnostic(code, message, notes=notes, hint=hint), exit_code=2)


def _read_json(path: Path, name: str) -> CardJson:
    try:
        if path.stat().st_size > MOST_TEXT:
            raise refused("SYM1301", f"{name} cannot be read: a card has at most {MOST_TEXT:,} bytes of JSON")
        found = json.loads(path.read_bytes(), parse_constant=_not_finite)
    except OSError as error:
        raise refused("SYM1301", f"{name} cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        hint = f"name {Path(name).with_suffix('.json')}, whose numbers these are" if _is_arrays(path) else AGAIN
        raise refused("SYM1301", f"{name} is no card: it is not JSON", str(error), hint=hint) from None
    version = found.get("card_version") if isinstance(found, dict) else None
    if not isinstance(version, int) or isinstance(version, bool):
        raise refused("SYM1302", f"{name} is no card: it states no card_version", hint=AGAIN)
    if version != CARD_VERSION:
        what = f"{name} is a card of version {version}, and this symdsl reads version {CARD_VERSION}"
        raise refused("SYM1302", what, hint="pip install --upgrade symdsl" if version > CARD_VERSION else AGAIN)
    try:
        return CardJson.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise refused("SYM1302", f"{name} is no card: {place}: {first['msg'].lower()}", hint=AGAIN) from None


def _is_arrays(path: Path) -> bool:
    """Whether a file holds the numbers of a card that lies beside it."""
    return path.suffix == ".safetensors" and path.with_suffix(".json").exists()


def _not_finite(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _read_arrays(path: Path, name: str, shapes: Mapping[str, list[int]]) -> dict[str, Array]:
    """The arrays of a file of exactly these names and shapes, whose header is read before anything else."""
    try:
        with path.open("rb") as stream:
            size = path.stat().st_size
            (length,) = struct.unpack("<Q", stream.read(8).ljust(8, b"\0"))
            if length > min(MOST_HEADER, size):
                raise refused("SYM1304", f"{name} does not hold the numbers of a card", hint=AGAIN)
            header = json.loads(stream.read(length))
            places = _places(header)
            if places is None or {each: shape for each, (shape, _) in places.items()} != dict(shapes):
                raise refused("SYM1304", f"{name} does not hold the arrays that the card states", hint=AGAIN)
            total = sum(8 * _count(shape) for shape in shapes.values())
            if size != 8 + length + total:
                raise refused("SYM1304", f"{name} is not whole", hint=AGAIN)
            content = stream.read(total)
    except OSError as error:
        raise refused("SYM1304", f"the numbers of the card, {name}, cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise refused("SYM1304", f"{name} does not hold the numbers of a card", hint=AGAIN) from None
    arrays: dict[str, Array] = {}
    for each, (shape, (start, stop)) in places.items():
        if stop - start != 8 * _count(shape) or not 0 <= start <= stop <= len(content):
            raise refused("SYM1304", f"`{each}` in {name} is not where its header says", hint=AGAIN)
        arrays[each] = np.frombuffer(content[start:stop], "<f8").astype(np.float64).reshape(shape)
    return arrays


def _places(header: Any) -> dict[str, tuple[list[int], tuple[int, int]]] | None:
    """The shape of each array of a safetensors header, and its bytes; None where one is no float64 array."""
    places: dict[str, tuple[list[int], tuple[int, int]]] = {}
    for name, entry in header.items() if isinstance(header, dict) else ():
        match entry:
            case {"dtype": "F64", "shape": [*shape], "data_offsets": [int(start), int(stop)]}:
                places[name] = shape, (start, stop)
            case _:
                return None
    return places


def _count(shape: list[int]) -> int:
    return int(np.prod(shape, dtype=object))


def _card(found: CardJson, arrays: Mapping[str, Array]) -> GroupCard:
    stated = found.certificate
    tests = tuple(CertificateTest(**test.model_dump()) for test in stated.tests)
    certificate = Certificate(stated.verdict, stated.delta, stated.alpha, stated.domain, stated.samples, tests)
    for array in arrays.values():
        array.flags.writeable = False
    return GroupCard(
        name=found.name, text=found.text, space=found.space, algebra=found.algebra, representation=found.representation,
        certificate=certificate, canonical=found.canonical, fields=found.fields, provenance=found.provenance, **arrays,
    )  # fmt: skip


def _described(card: GroupCard) -> dict[str, Any]:
    """All of a card but its numbers and its hash, as JSON data that are verified against the schema."""
    arrays = {name: list(array.shape) for name, array in _arrays(card).items()}
    data = {
        "card_version": CARD_VERSION,
        "hash": "0" * 64,
        **{name: getattr(card, name) for name in ("name", "text", "space", "representation", "canonical")},
        **{name: _plain(getattr(card, name)) for name in ("algebra", "fields", "provenance")},
        "certificate": _plain(asdict(card.certificate)),
        "arrays": arrays,
    }
    try:
        json.dumps(data, allow_nan=False)
        checked = CardJson.model_validate(data).model_dump(mode="json", exclude={"hash"})
    except (TypeError, ValueError) as error:
        raise refused("SYM1305", f"{card.name} cannot be written as a card: {error}") from None
    return checked


def _plain(value: Any) -> Any:
    """JSON data: tuples as lists, NumPy's numbers and arrays as numbers and lists of them."""
    match value:
        case Mapping():
            return {str(key): _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case np.ndarray() | np.generic():
            return value.tolist()
        case Path():
            return value.as_posix()
        case _:
            return value


def _arrays(card: GroupCard) -> dict[str, Array]:
    """The arrays that a card has, in float64 with no negative zeros, so that equal ones have equal bytes."""
    found = {name: getattr(card, name) for name in (*ARRAYS, *OPTIONAL_ARRAYS)}
    return {name: np.asarray(array, np.float64) + 0.0 for name, array in found.items() if array is not None}


def _hash(described: Mapping[str, Any], arrays: Mapping[str, Array]) -> str:
    digest = hashlib.sha256(json.dumps(described, sort_keys=True, separators=(",", ":"), allow_nan=False).encode())
    for name in sorted(arrays):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(arrays[name], "<f8").tobytes())
    return digest.hexdigest()
