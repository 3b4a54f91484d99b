"""Times emitted group-convolution nets beside the plain floor and, where it is installed, escnn: all in one process.

python bench/p4cnn_worker.py FOLDER ORDER     needs torch and numpy only (escnn if there); prints JSON
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.timing import interleaved

BATCH, SIZE, FIELDS, RUNS = 128, 28, 10, 9
KERNELS = (3, 3, 3, 3, 3, 3, 4)


class Plain(nn.Module):
    """The floor: plain convolutions of the same dense size, channels last in memory."""

    def __init__(self, order: int) -> None:
        super().__init__()
        width = FIELDS * order
        self.convolutions = nn.ModuleList(
            nn.Conv2d(1 if index == 0 else width, width, kernel) for index, kernel in enumerate(KERNELS)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in KERNELS[:-1])
        self.order = order
        self.to(memory_format=torch.channels_last)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.contiguous(memory_format=torch.channels_last)
        for index, convolution in enumerate(self.convolutions):
            x = convolution(x)
            if index < len(self.norms):
                x = torch.relu(self.norms[index](x))
            if index == 1:
                x = torch.nn.functional.max_pool2d(x, 2)
        return x.reshape(len(x), self.order, FIELDS, -1).amax((1, 3))


def escnn_net(order: int) -> nn.Module:
    """The same net in escnn: regular fields, inner batch norm, group pooling."""
    from escnn import gspaces
    from escnn import nn as enn

    space = gspaces.rot2dOnR2(order)
    regular = enn.FieldType(space, FIELDS * [space.regular_repr])
    kind = enn.FieldType(space, [space.trivial_repr])
    layers: list[Any] = []
    for index, kernel in enumerate(KERNELS):
        layers.append(enn.R2Conv(kind, regular, kernel, bias=True))
        kind = regular
        if index < len(KERNELS) - 1:
            layers += [enn.InnerBatchNorm(regular), enn.ReLU(regular)]
        if index == 1:
            layers.append(enn.PointwiseMaxPool(regular, 2))
    layers.append(enn.GroupPooling(regular))
    return enn.SequentialModule(*layers)


def load(path: Path) -> Any:
    """The module of an emitted file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def step(model: nn.Module, wrap: Any, x: torch.Tensor, y: torch.Tensor) -> Any:
    """One training step with plain SGD."""
    optimiser = torch.optim.SGD(model.parameters(), lr=0.01)
    model.train()

    def run() -> None:
        optimiser.zero_grad(set_to_none=True)
        output = model(wrap(x))
        output = getattr(output, "tensor", output).reshape(len(x), -1)
        torch.nn.functional.cross_entropy(output, y).backward()
        optimiser.step()

    return run


def infer(model: nn.Module, wrap: Any, x: torch.Tensor) -> Any:
    """One inference."""
    model.eval()

    def run() -> None:
        with torch.no_grad():
            model(wrap(x))

    return run


def main() -> None:
    """Print all medians, in seconds."""
    folder, order = Path(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(1)
    torch.manual_seed(0)
    x, y = torch.randn(BATCH, 1, SIZE, SIZE), torch.randint(0, 10, (BATCH,))
    emitted, folded = load(folder / f"c{order}.py"), load(folder / f"c{order}_folded.py")
    result: dict[str, float] = {}
    start = time.perf_counter()
    ours = emitted.MODEL(seed=0)
    result["first build"] = time.perf_counter() - start
    plain_folded = folded.MODEL()
    nets: dict[str, tuple[nn.Module, Any]] = {"ours": (ours, lambda t: t), "plain": (Plain(order), lambda t: t)}
    peer = None
    if importlib.util.find_spec("escnn"):
        from escnn import nn as enn

        peer = escnn_net(order)
        kind = peer[0].in_type  # pyright: ignore
        nets["escnn"] = (peer, lambda t: enn.GeometricTensor(t, kind))
    result |= {
        f"train {k}": v for k, v in interleaved({k: step(m, w, x, y) for k, (m, w) in nets.items()}, RUNS).items()
    }
    builds: dict[str, Any] = {"ours": lambda: emitted.MODEL(seed=0)}
    if peer is not None:
        builds["escnn"] = lambda: escnn_net(order)
    result |= {f"build {k}": v for k, v in interleaved(builds, RUNS).items()}
    inference = {k: infer(m, w, x) for k, (m, w) in nets.items()} | {"folded": infer(plain_folded, lambda t: t, x)}
    latency = {k: infer(m, w, x[:1]) for k, (m, w) in nets.items()} | {
        "folded": infer(plain_folded, lambda t: t, x[:1])
    }
    if peer is not None:
        inference["escnn export"] = infer(peer.eval().export(), lambda t: t, x)  # pyright: ignore
    result |= {f"infer {k}": v for k, v in interleaved(inference, RUNS).items()}
    result |= {f"latency {k}": v for k, v in interleaved(latency, 51, 10).items()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
