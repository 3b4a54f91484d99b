import io
import sys

from symdsl.training.progress import Bar, Pace, Silence, show_progress

PACE = Pace(per_epoch=4, epochs=3, samples=100)


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_nothing_is_shown_where_nobody_watches(capsys):
    with show_progress("linear", PACE) as progress:
        assert isinstance(progress, Silence)
        progress.update(1, 0.5)
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_drawn_on_a_terminal_unless_told_not_to(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("symdsl.training.progress.PERIOD", 0.0)
    with show_progress("linear", PACE, done=4) as progress:
        assert isinstance(progress, Bar)
        progress.update(8, 0.25)
    text = terminal.getvalue()
    for shown in ("linear", "epoch 2/3", "samples/s", "loss 0.25"):
        assert shown in text
    assert capsys.readouterr().out == ""
    with show_progress("linear", PACE, quiet=True) as progress:
        assert isinstance(progress, Silence)
