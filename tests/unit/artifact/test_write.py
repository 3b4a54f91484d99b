import os
import subprocess
import sys

import pytest

from symdsl.artifact.write import write_file, write_folder, write_text
from symdsl.diagnostics.diagnostic import SymdslError


def test_a_file_is_written_replaced_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "deep" / "a.txt"
    write_file(path, b"one")
    write_text(path, "two\r\n")
    assert path.read_bytes() == b"two\r\n"
    assert os.listdir(path.parent) == ["a.txt"]


def test_a_failed_write_keeps_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_file(path, b"one")

    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(SymdslError, match=r"SYM0907.*No space left"):
        write_file(path, b"two")
    assert path.read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_file_where_a_folder_is_needed_is_an_error(tmp_path):
    (tmp_path / "a").write_text("")
    with pytest.raises(SymdslError, match="SYM0907") as caught:
        write_file(tmp_path / "a" / "b", b"")
    assert caught.value.exit_code == 2


def test_permissions_are_those_of_any_other_file(tmp_path):
    (tmp_path / "plain").write_text("")
    write_file(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_killed_writer_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom symdsl.artifact import write\n"
        "write.os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)\n"
        "write.write_file(Path(sys.argv[1]), b'new')\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False)
    assert done.returncode == -9
    assert path.read_text() == "old"


def test_a_folder_appears_whole(tmp_path):
    path = tmp_path / "out"
    with write_folder(path) as draft:
        (draft / "sub").mkdir()
        (draft / "sub" / "a").write_text("a")
        assert not path.exists()
    assert (path / "sub" / "a").read_text() == "a"
    assert os.listdir(tmp_path) == ["out"]


def test_a_folder_that_fails_leaves_nothing(tmp_path):
    def fail(draft):
        (draft / "a").write_text("a")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"), write_folder(tmp_path / "out") as draft:
        fail(draft)
    assert os.listdir(tmp_path) == []


def test_an_existing_folder_is_kept_unless_it_is_to_be_replaced(tmp_path):
    path = tmp_path / "out"
    with write_folder(path) as draft:
        (draft / "old").write_text("")
    with pytest.raises(SymdslError, match="SYM0909"), write_folder(path):
        pass
    with pytest.raises(RuntimeError), write_folder(path, replace=True):
        raise RuntimeError
    assert os.listdir(path) == ["old"]
    with write_folder(path, replace=True) as draft:
        (draft / "new").write_text("")
    assert os.listdir(path) == ["new"]
    assert os.listdir(tmp_path) == ["out"]
