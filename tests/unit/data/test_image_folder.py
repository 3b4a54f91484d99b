import sys

import numpy as np
import pytest
from PIL import Image

from symdsl.check.spec import Field
from symdsl.data import image_folder
from symdsl.data.lazy import LazyArray
from symdsl.data.match import match_fields
from symdsl.data.source import load_data, parse_reference
from symdsl.diagnostics.diagnostic import Span, SymdslError

SPAN = Span("model.sym", 2, 3, 2, 9)
GREY = np.random.default_rng(4).integers(0, 256, (6, 5, 7), dtype=np.uint8)
COLOUR = np.random.default_rng(5).integers(0, 256, (6, 5, 7, 3), dtype=np.uint8)


def write(tmp_path, images, classes=("oak", "ash"), ending="png"):
    """The images, dealt in turn to the classes, named so that their order is that of their numbers."""
    for place, image in enumerate(images):
        folder = tmp_path / "leaves" / classes[place % len(classes)]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(folder / f"{place:03}.{ending}")
    return tmp_path


def load(tmp_path, options="", **arguments):
    return load_data(parse_reference(f"image_folder(folder = leaves{options})", folder=tmp_path, **arguments))


def fault_of(tmp_path, options=""):
    with pytest.raises(SymdslError) as caught:
        np.asarray(load(tmp_path, options)["images"])
    return caught.value.diagnostics[0]


@pytest.mark.parametrize("ending", ["png", "bmp", "tif", "PNG"])
def test_grey_and_colour_images_by_class_and_name(ending, tmp_path):
    order = [1, 3, 5, 0, 2, 4]
    for name, images in (("grey", GREY), ("colour", COLOUR)):
        data = load(write(tmp_path / name, images, ending=ending))
        expected = images[order][:, None] if images is GREY else images[order].transpose(0, 3, 1, 2)
        assert isinstance(data["images"], LazyArray)
        np.testing.assert_array_equal(data["images"][:], expected)
        np.testing.assert_array_equal(data["images"][np.array([5, 0, 5])], expected[[5, 0, 5]])
        np.testing.assert_array_equal(data["labels"], [0, 0, 0, 1, 1, 1])
        assert data["images"].dtype == np.uint8


def test_fields_are_found_by_their_kind(tmp_path):
    data = load(write(tmp_path, GREY))
    fields = (Field("x", "image", SPAN, own_shape=(1, 5, 7)), Field("y", "label", SPAN, classes=2))
    memory, kept = match_fields(data, fields), match_fields(data, fields, resident_bytes=0)
    assert memory.resident
    assert not kept.resident
    for chosen in (slice(2, 5), np.array([5, 0, 0, 3])):
        np.testing.assert_array_equal(memory.take("x", chosen), kept.take("x", chosen))


def test_jpeg_palette_and_bits_are_read(tmp_path):
    flat = np.full((4, 8, 8), 120, np.uint8)
    data = load(write(tmp_path / "jpeg", flat, ending="jpg"))
    assert abs(data["images"][:].astype(int) - 120).max() <= 2
    folder = write(tmp_path / "palette", COLOUR[:2]) / "leaves" / "ash"
    few = Image.fromarray(COLOUR[0] // 128 * 128)
    few.quantize(8).save(folder / "palette.png")
    np.testing.assert_array_equal(load(tmp_path / "palette")["images"][1], np.asarray(few).transpose(2, 0, 1))
    folder = write(tmp_path / "bits", GREY[:2]) / "leaves" / "ash"
    Image.fromarray(GREY[0] > 127).save(folder / "bits.png")
    np.testing.assert_array_equal(load(tmp_path / "bits")["images"][1][0], (GREY[0] > 127) * 255)


def test_size_resizes_images_of_any_size(tmp_path):
    images = [np.full((8, 6), 9, np.uint8), np.full((3, 20), 9, np.uint8)]
    data = load(write(tmp_path, images), ", size = 4")
    np.testing.assert_array_equal(data["images"][:], np.full((2, 1, 4, 4), 9))
    halves = np.repeat(np.array([[0, 100]], np.uint8), 4, axis=1).repeat(8, axis=0)
    small = load(write(tmp_path / "b", [halves]), ", size = 2")["images"][0][0]
    assert (small[:, 0] < 20).all()
    assert (small[:, 1] > 80).all()


def test_hidden_and_other_files_are_no_images(tmp_path):
    folder = write(tmp_path, GREY) / "leaves"
    (folder / ".cache").mkdir()
    (folder / "names.txt").write_text("ash\noak\n")
    (folder / "ash" / "notes.txt").write_text("green")
    (folder / "ash" / ".1.png").write_bytes(b"")
    assert len(load(tmp_path)["images"]) == 6


def test_images_of_several_sizes_are_one_clear_error(tmp_path):
    fault = fault_of(write(tmp_path, [GREY[0], GREY[1], GREY[2, :4]]))
    assert fault.code == "SYM0826"
    assert "002.png is grey, 7 x 4 pixels, and ash/001.png is grey, 7 x 5 pixels" in fault.message
    assert fault.hint is not None
    assert "size" in fault.hint
    fault = fault_of(write(tmp_path / "modes", [GREY[0], COLOUR[0]]), ", size = 4")
    assert fault.code == "SYM0826"
    assert "000.png is grey, 7 x 5 pixels, and ash/001.png is RGB" in fault.message


@pytest.mark.parametrize("mode", ["RGBA", "LA", "I;16", "CMYK", "transparent palette"])
def test_other_modes_are_refused(mode, tmp_path):
    write(tmp_path, GREY)
    path = tmp_path / "leaves" / "ash" / "other"
    if mode == "I;16":
        Image.fromarray(GREY[0].astype(np.uint16)).save(path.with_suffix(".png"))
    elif mode == "transparent palette":
        Image.fromarray(COLOUR[0]).quantize(8).save(path.with_suffix(".png"), transparency=0)
    else:
        Image.fromarray(COLOUR[0]).convert(mode).save(path.with_suffix(".tif" if mode == "CMYK" else ".png"))
    fault = fault_of(tmp_path)
    assert (fault.code, mode.startswith("trans") or mode in fault.message) == ("SYM0809", True)
    assert "other." in fault.message


def test_damaged_files_are_named(tmp_path):
    path = write(tmp_path, GREY) / "leaves" / "ash" / "001.png"
    good = path.read_bytes()
    for content, code in ((b"text", "SYM0802"), (b"", "SYM0802"), (good[:60], "SYM0807"), (good[:20], "SYM0807")):
        path.write_bytes(content)
        fault = fault_of(tmp_path)
        assert fault.code == code
        assert "001.png" in fault.message


def test_a_file_that_changes_is_a_diagnostic(tmp_path):
    images = load(write(tmp_path, GREY))["images"]
    Image.fromarray(GREY[1, :3]).save(tmp_path / "leaves" / "ash" / "001.png")
    with pytest.raises(SymdslError, match="SYM0826"):
        images[0]
    (tmp_path / "leaves" / "ash" / "001.png").unlink()
    with pytest.raises(SymdslError, match="SYM0801"):
        images[0]


@pytest.mark.parametrize("side", [9_000, 12_000, 60_000])
def test_a_decompression_bomb_is_refused_by_its_header(side, tmp_path):
    write(tmp_path, GREY)
    bomb = b"P5\n%d %d\n255\n" % (side, side) + bytes(10)
    (tmp_path / "leaves" / "ash" / "bomb.pgm").write_bytes(bomb)
    fault = fault_of(tmp_path, ", size = 4")
    assert fault.code == "SYM0815"
    assert "bomb.pgm" in fault.message


def test_too_many_images_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("symdsl.data.source.LARGEST", 5)
    assert fault_of(write(tmp_path, GREY)).code == "SYM0815"


def test_folders_without_classes_or_images(tmp_path):
    assert fault_of(tmp_path).code == "SYM0801"
    (tmp_path / "leaves").mkdir()
    assert fault_of(tmp_path).code == "SYM0814"
    (tmp_path / "leaves" / "ash").mkdir()
    fault = fault_of(tmp_path)
    assert (fault.code, "ash has no images" in fault.message) == ("SYM0814", True)


def test_the_folder_and_what_it_links_to_stay_inside_that_of_the_spec(tmp_path):
    write(tmp_path / "other", GREY)
    inside = tmp_path / "spec"
    inside.mkdir()
    with pytest.raises(SymdslError, match="SYM0808"):
        load_data(parse_reference("image_folder(folder = ../other/leaves)", folder=inside))
    (inside / "leaves").mkdir()
    (inside / "leaves" / "ash").symlink_to(tmp_path / "other" / "leaves" / "ash")
    assert fault_of(inside).code == "SYM0808"
    assert len(load(inside, allow_path=True)["images"]) == 3


@pytest.mark.parametrize(
    "options", ["", "folder = leaves, size = 0", "folder = leaves, side = 4", "folder = 3", "folder = leaves, size = a"]
)
def test_faulty_options(options, tmp_path):
    with pytest.raises(SymdslError, match="SYM0816"):
        load_data(parse_reference(f"image_folder({options})", folder=tmp_path))


def test_without_pillow_it_says_what_to_install(tmp_path, monkeypatch):
    write(tmp_path, GREY)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(SymdslError, match="SYM1009") as caught:
        load(tmp_path)
    assert caught.value.exit_code == 4
    assert image_folder.SOURCE.name in caught.value.diagnostics[0].message
