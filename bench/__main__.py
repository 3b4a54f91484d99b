"""python -m bench [--peer PYTHON]: every measurement, one after another."""

from __future__ import annotations

from bench import accuracy, hnn, hnn_energy, p4cnn, start_up

if __name__ == "__main__":
    accuracy.main()
    hnn_energy.main()
    start_up.main()
    hnn.main()
    p4cnn.main()
