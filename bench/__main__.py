"""python -m bench: every measurement that needs no peer, one after another."""

from __future__ import annotations

from bench import accuracy, hnn, p4cnn, start_up

if __name__ == "__main__":
    accuracy.main()
    start_up.main()
    hnn.main()
    p4cnn.main()
