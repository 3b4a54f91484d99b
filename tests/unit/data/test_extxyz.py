import sys
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io import write

from symdsl.check.spec import Field
from symdsl.data import extxyz
from symdsl.data.extxyz import read_frames
from symdsl.data.match import match_fields
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import Span, SymdslError

SPAN = Span("model.sym", 2, 3, 2, 9)
COUNT = 5


def drawn():
    random = np.random.default_rng(6)
    return {
        "positions": random.normal(size=(COUNT, 3, 3)),
        "forces": random.normal(size=(COUNT, 3, 3)),
        "energy": random.normal(size=COUNT),
        "cell": np.eye(3) * random.uniform(4, 5, (COUNT, 1, 1)) + [[0, 1, 0], [0, 0, 0], [0, 0, 0]],
        "temperature": random.uniform(200, 400, COUNT),
        "charge": random.integers(-1, 2, COUNT),
        "field": random.normal(size=(COUNT, 3)),
        "spins": random.normal(size=(COUNT, 3)),
        "velocities": random.normal(size=(COUNT, 3, 3)),
    }


def frames(arrays, symbols="OH2"):
    for place in range(COUNT):
        atoms = Atoms(symbols, arrays["positions"][place], cell=arrays["cell"][place], pbc=True)
        atoms.calc = SinglePointCalculator(
            atoms, energy=arrays["energy"][place], forces=arrays["forces"][place]
        )
        atoms.info.update({key: arrays[key][place] for key in ("temperature", "charge", "field")}, source="made up")
        for key in ("spins", "velocities"):
            atoms.new_array(key, arrays[key][place])
        yield atoms


@pytest.mark.parametrize("ending", ["xyz", "extxyz"])
def test_what_ase_writes_is_read_back(ending, tmp_path):
    arrays = drawn()
    write(tmp_path / f"a.{ending}", list(frames(arrays)), format="extxyz")
    data = load_data(parse_reference(f"a.{ending}", folder=tmp_path))
    assert set(data.arrays) == {*arrays, "numbers"}
    for key, array in arrays.items():
        np.testing.assert_allclose(data[key], array, atol=1e-8, rtol=1e-8)
    np.testing.assert_array_equal(data["numbers"], [[8, 1, 1]] * COUNT)
    assert (data["numbers"].dtype.kind, data["charge"].dtype.kind, data["energy"].dtype) == ("i", "i", np.float64)


def test_fields_get_their_arrays(tmp_path):
    arrays = drawn()
    write(tmp_path / "a.xyz", list(frames(arrays)), format="extxyz")
    data = read_frames(tmp_path / "a.xyz")
    fields = (Field("energy", "scalar", SPAN), Field("positions", "vector", SPAN, own_shape=(3, 3)))
    matched = match_fields(data, fields)
    assert matched.count == COUNT
    np.testing.assert_allclose(matched.take("positions", np.array([4, 0])), arrays["positions"][[4, 0]], atol=1e-8)


def text_of(tmp_path, text, **arguments):
    path = tmp_path / "a.xyz"
    path.write_text(text, encoding="utf-8")
    return read_frames(path, **arguments)


WATER = "3\nwater by hand\nO 0 0 0\nH 0 0 1\nH 0 1 0\n"


def with_comment(*comments):
    return "".join(WATER.replace("water by hand", comment) for comment in comments)


def test_words_and_text_are_no_arrays(tmp_path):
    data = text_of(tmp_path, with_comment('by hand name=water flag=T a=1 b="_JSON {}" c="_JSON [[1, 2], [3, 4]]"'))
    assert set(data.arrays) == {"positions", "numbers", "a", "c"}
    assert data["c"].shape == (1, 2, 2)


def test_plain_xyz_has_positions_and_numbers(tmp_path):
    data = text_of(tmp_path, WATER + WATER.replace("by hand", "again") + "\n\n")
    assert set(data.arrays) == {"positions", "numbers"}
    assert data["positions"].shape == (2, 3, 3)
    np.testing.assert_array_equal(data["positions"][1], [[0, 0, 0], [0, 0, 1], [0, 1, 0]])


@pytest.mark.parametrize(
    ("comments", "key", "message"),
    [
        (("a=1", "a=2", "b=3"), "a", "frame 2 has none, and frame 0 has"),
        (("a=1", "a=2 energy=3.0", "a=3"), "energy", "frame 0 has none, and frame 1 has"),
        (('a="1 2"', 'a="1 2 3"'), "a", "it has the shape (3,) in frame 1, and (2,) in frame 0"),
        (("a=1", 'Lattice="1 0 0 0 1 0 0 0 1"'), "cell", "frame 0 has none, and frame 1 has"),
    ],
)
def test_what_some_frames_lack_is_an_error_where_it_is_used(comments, key, message, tmp_path):
    data = text_of(tmp_path, with_comment(*comments))
    assert len(data["positions"]) == len(comments)
    with pytest.raises(SymdslError, match="SYM0826") as caught:
        data[key]
    assert message in caught.value.diagnostics[0].message


FAULTS = {
    "atoms differ": (WATER + "2\n\nO 0 0 0\nH 0 0 1\n", "SYM0826", "frame 1 of {} has 2 atoms, and frame 0 has 3"),
    "cut": (WATER + WATER[:-8], "SYM0807", "is truncated or damaged"),
    "cut number": (WATER + WATER[:-3], "SYM0807", "frame 1"),
    "endless atoms": ("9" * 18 + "\n\nO 0 0 0\n", "SYM0807", "is truncated or damaged"),
    "too many digits": ("9" * 30 + "\n\nO 0 0 0\n", "SYM0802", "begins with `999"),
    "negative": ("-1\n\nO 0 0 0\n", "SYM0802", "begins with `-1`"),
    "other": ("PK something\n", "SYM0802", "begins with `PK something`, not with the number of its atoms"),
    "later header": (WATER + "O 0 0 0\n" + WATER, "SYM0807", "frame 1 of {} begins with `O 0 0 0`"),
    "break": (WATER + "\n" + WATER, "SYM0807", "an empty line after frame 0"),
    "text for a number": (WATER + WATER.replace("0 1 0", "0 x 0"), "SYM0807", "frame 1 of {} cannot be read"),
    "no element": (WATER.replace("O", "Qq"), "SYM0807", "frame 0 of {} cannot be read"),
    "empty": ("", "SYM0814", "no frames"),
    "property": ("1\nProperties=pos:R:999999999\n0\n", "SYM0815", "a property of more than"),
    "stress": ("1\nstress=1\nO 0 0 0\n", "SYM0807", "frame 0"),
    "deep": ('1\na="_JSON ' + "[" * 100_000 + '"\nO 0 0 0\n', "SYM0807", "frame 0"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_file_is_one_clear_error(name, tmp_path):
    text, code, message = FAULTS[name]
    with pytest.raises(SymdslError, match=code) as caught:
        text_of(tmp_path, text)
    assert message.format(tmp_path / "a.xyz") in caught.value.diagnostics[0].message
    assert caught.value.exit_code == 2


def test_missing_other_bytes_and_too_large(tmp_path, monkeypatch):
    with pytest.raises(SymdslError, match="SYM0801"):
        read_frames(tmp_path / "b.xyz")
    Path(tmp_path / "b.xyz").write_bytes(b"1\n\xff\nO 0 0 0\n")
    with pytest.raises(SymdslError, match="SYM0802"):
        read_frames(tmp_path / "b.xyz")
    with pytest.raises(SymdslError, match="SYM0815"):
        text_of(tmp_path, WATER, largest=4 * len(WATER) - 1)
    monkeypatch.setattr(extxyz, "LONGEST_LINE", 10)
    with pytest.raises(SymdslError, match="SYM0815"):
        text_of(tmp_path, WATER)


def test_without_ase_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ase.io.extxyz", None)
    with pytest.raises(SymdslError, match="SYM1009") as caught:
        text_of(tmp_path, WATER)
    assert caught.value.exit_code == 4
