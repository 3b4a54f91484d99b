import sys

from symdsl.training.plot import plot_metrics

HISTORY = [{"epoch": 1, "train.loss": 1.0, "validation.accuracy": 0.5}, {"epoch": 2, "train.loss": 0.5}]


def test_a_picture_is_written_without_touching_the_users_matplotlib(tmp_path):
    before = sys.modules.get("matplotlib.pyplot")
    assert plot_metrics(HISTORY, tmp_path / "a.png")
    assert plot_metrics(HISTORY, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sys.modules.get("matplotlib.pyplot") is before


def test_no_picture_without_matplotlib_or_records(tmp_path, monkeypatch):
    assert not plot_metrics([], tmp_path / "a.png")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert not plot_metrics(HISTORY, tmp_path / "a.png")
    assert not (tmp_path / "a.png").exists()
