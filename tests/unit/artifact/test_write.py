import os
import subprocess
import sys

import pytest

from symdsl.artifact.write import write_file, write_text
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
