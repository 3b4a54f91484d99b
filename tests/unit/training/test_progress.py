import io
import sys

from symdsl.training.progress import Bar, Silence, show_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_nothing_is_shown_where_nobody_watches(capsys):
    with show_progress("linear", 3) as progress:
        assert isinstance(progress, Silence)
        progress.update(1, 0.5)
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_drawn_on_a_terminal_unless_told_not_to(monkeypatch, capsys):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("symdsl.training.progress.PERIOD", 0.0)
    with show_progress("linear", 3, done=1) as progress:
        assert isinstance(progress, Bar)
        progress.update(2, 0.25)
    text = terminal.getvalue()
    assert "linear" in text
    assert capsys.readouterr().out == ""
    with show_progress("linear", 3, quiet=True) as progress:
        assert isinstance(progress, Silence)
