"""The whole of symdsl in a few minutes: check, compile, verify, train two networks at equal parameters, compare.

python examples/demo.py [--epochs 25] [--seeds 2] [--output runs/demo]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SPECS = Path(__file__).resolve().parent / "rotated_digits"
NETS = {"P4CNN": SPECS / "p4cnn.sym", "Z2CNN": SPECS / "z2cnn.sym"}
PARAMETERS = {"P4CNN": {}, "Z2CNN": {"rate": 0.0}}
"""The published Z2CNN has dropout, for 300 epochs; in a tenth of that it does better without."""


@dataclass(frozen=True)
class Run:
    """One trained network: its test error and how its prediction changes when images are turned by a quarter."""

    net: str
    seed: int
    parameters: int
    error: float
    changed: float
    equivariance: float
    seconds: float
    curve: tuple[tuple[float, float], ...]


def say(*command: str) -> None:
    """Run a command of symdsl and show it."""
    print(f"\n$ {' '.join(command)}", flush=True)
    subprocess.run([sys.executable, "-m", *command], check=True)


def train_net(net: str, seed: int, epochs: int, folder: Path) -> Run:
    """Train one network, and turn the test images to see what it says then."""
    from symdsl.data.gather import gather_data
    from symdsl.pipeline import prepare
    from symdsl.plan.initial import parameter_table
    from symdsl.session import Session
    from symdsl.training.loop import train
    from symdsl.training.options import read_options
    from symdsl.verification.verify import VerifyOptions, verify

    compilation = prepare(NETS[net], Session(parameters=PARAMETERS[net], seed=seed, backend="torch"))
    options = read_options(compilation.spec.training, {"epochs": epochs, "seed": seed, "evaluate_every": 1})
    data = gather_data(compilation.spec, folder=SPECS)
    model = compilation.instantiate()
    start = time.perf_counter()
    result = train(compilation, model, data, options, folder=folder / f"{net.lower()}_{seed}", resume=True)
    seconds = time.perf_counter() - start
    images = data.arrays["x"][result.split.test]
    said = [np.argmax(model.call("forward", np.rot90(images, turn, (2, 3)).copy())[0], axis=1) for turn in range(4)]
    report = verify(compilation, result.weights, VerifyOptions(layers=False))
    errors = [entry.error for entry in report.measurements if entry.quantity == "equivariance"]
    return Run(
        net=net,
        seed=seed,
        parameters=sum(int(np.prod(each.shape)) for each in parameter_table(compilation.program.root).values()),
        error=result.metrics["test.error"],
        changed=float(np.mean([np.mean(turned != said[0]) for turned in said[1:]])),
        equivariance=max(errors),
        seconds=seconds,
        curve=tuple((record["epoch"], record["validation.error"]) for record in result.history),
    )


def print_table(runs: list[Run]) -> None:
    """One line a network: means over seeds."""
    heads = ("network", "parameters", "test error", "changed by a turn", "|f(gx) - f(x)|", "seconds")
    print("\n{:<8} {:>10} {:>16} {:>18} {:>15} {:>8}".format(*heads))
    for net in NETS:
        mine = [run for run in runs if run.net == net]
        errors = [100 * run.error for run in mine]
        spread = f"{np.mean(errors):.2f} +- {np.std(errors):.2f} %"
        changed = f"{100 * np.mean([run.changed for run in mine]):.2f} %"
        largest = f"{max(run.equivariance for run in mine):.1e}"
        seconds = f"{np.mean([run.seconds for run in mine]):.0f}"
        print(f"{net:<8} {mine[0].parameters:>10,} {spread:>16} {changed:>18} {largest:>15} {seconds:>8}")


def draw(runs: list[Run], path: Path) -> None:
    """Validation errors as training goes, and the final test errors with every seed as a dot."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), width_ratios=(2, 1), layout="constrained")
    colours = {"P4CNN": "tab:blue", "Z2CNN": "tab:orange"}
    for run in runs:
        epochs, errors = zip(*run.curve, strict=True)
        label = f"{run.net}, {run.parameters:,} parameters" if run.seed == 0 else None
        left.plot(epochs, 100 * np.array(errors), color=colours[run.net], alpha=0.8, label=label)
    left.set(xlabel="epoch", ylabel="validation error (%)", yscale="log", title="Rotated digits")
    for ticks in (left.yaxis.set_major_formatter, left.yaxis.set_minor_formatter):
        ticks("{x:g}")
    left.grid(alpha=0.3, which="both")
    left.legend()
    for place, net in enumerate(NETS):
        mine = [run for run in runs if run.net == net]
        bars = [100 * np.mean([run.error for run in mine]), 100 * np.mean([run.changed for run in mine])]
        positions = np.arange(2) + 0.4 * (place - 0.5)
        right.bar(positions, bars, 0.38, color=colours[net], label=net)
        right.plot([positions[0]] * len(mine), [100 * run.error for run in mine], "k.")
    right.set_xticks([0, 1], ["test error", "answer changed\nby a quarter turn"])
    right.set(ylabel="%", title="Test images")
    right.grid(alpha=0.3, axis="y")
    right.legend()
    figure.savefig(path, dpi=150)


def main() -> None:
    """Check, compile, verify, train, compare."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--output", type=Path, default=Path("runs/demo"))
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    p4cnn = str(NETS["P4CNN"])
    say("symdsl", "check", *map(str, NETS.values()))
    say("symdsl", "info", p4cnn)
    for backend in ("torch", "jax"):
        say("symdsl", "compile", p4cnn, "--backend", backend, "-o", str(options.output / f"p4cnn_{backend}.py"))
        say("symdsl", "verify", p4cnn, "--backend", backend)
    runs = [train_net(net, seed, options.epochs, options.output) for seed in range(options.seeds) for net in NETS]
    print_table(runs)
    draw(runs, options.output / "demo.png")
    (options.output / "demo.json").write_text(json.dumps([run.__dict__ for run in runs], indent=1) + "\n")
    print(f"\nThe picture is {options.output / 'demo.png'}.")


if __name__ == "__main__":
    main()
