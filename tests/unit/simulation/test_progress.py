import io
import sys

from symdsl.simulation.progress import show_time


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_nothing_is_shown_where_nobody_watches(capsys):
    with show_time("spring", 2.0) as watch:
        watch(1.0)
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_drawn_on_a_terminal(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with show_time("spring", 2.0) as watch:
        watch(1.25)
    assert "spring" in terminal.getvalue()
    assert "t = 1.25" in terminal.getvalue()
