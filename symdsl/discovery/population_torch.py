"""Copies of a network trained at once by torch: `vmap` over the weights of one module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.discovery.population import Copies, Fitted, GiveUp, Progress, Schedule, Targets, draw_batches

if TYPE_CHECKING:
    from symdsl.backends.backend import CompiledModel

Array = NDArray[Any]
_AT_ONCE = 4096
_FRAMES = ("frame", "output")


@dataclass(frozen=True)
class TorchFitted:
    """Trained copies: `variables` holds the weights, and the frames where there are some, each with K in front."""

    forward: Callable[[dict[str, Any], Any], Any]
    variables: dict[str, Any]
    losses: Array

    @property
    def frames(self) -> tuple[Array, Array | None] | None:
        """P^-1 (K, d, d) and Q (K, m, m)."""
        frame, output = (
            self.variables[name].double().numpy() if name in self.variables else None for name in _FRAMES
        )
        return None if frame is None else (frame, output)

    def predict(self, x: Array) -> Array:
        """(N, *sample) -> (K, N, m)."""
        import torch

        with torch.no_grad():
            return self._in_parts(torch.func.vmap(self.forward, (0, None)), x)

    def gradients(self, x: Array) -> Array:
        """(N, *sample) -> (K, N, m, *sample)."""
        import torch

        def of_sample(variables: dict[str, Any], sample: Any) -> Any:
            return torch.func.jacrev(lambda each: self.forward(variables, each[None])[0])(sample)

        return self._in_parts(torch.func.vmap(torch.func.vmap(of_sample, (None, 0)), (0, None)), x)

    def _in_parts(self, function: Callable[..., Any], x: Array) -> Array:
        import torch

        parts = [
            function(self.variables, torch.tensor(x[start : start + _AT_ONCE], dtype=torch.float32)).double().numpy()
            for start in range(0, len(x), _AT_ONCE)
        ]
        return np.concatenate(parts, axis=1)


def fit(
    model: CompiledModel, first: Mapping[str, Array], x: Array, targets: Targets, copies: Copies, schedule: Schedule,
    progress: Progress, give_up: GiveUp | None,
) -> Fitted:  # fmt: skip
    """See `fit_copies`."""
    import torch

    forward = _framed(model.module, copies)
    variables = _variables(first, copies)
    offset = None if targets.offset is None else torch.tensor(targets.offset, dtype=torch.float32)
    trained = [name for name in variables if copies.learn_frames or name not in _FRAMES]
    for name in trained:
        variables[name].requires_grad_()
    inputs = torch.tensor(x, dtype=torch.float32)
    wanted = torch.tensor(targets.values, dtype=torch.int64 if targets.classes else torch.float32)
    learn, judge = (torch.tensor(mask, dtype=torch.float32) for mask in (copies.learn, copies.judge))
    optimiser = torch.optim.AdamW([variables[name] for name in trained], lr=1.0, weight_decay=schedule.decay)

    def loss_of(each: dict[str, Any], sample: Any, target: Any, shift: Any, mask: Any) -> Any:
        predicted = forward(each, sample) if shift is None else forward(each, sample) + shift
        if targets.classes:
            losses = torch.nn.functional.cross_entropy(predicted, target, reduction="none")
        else:
            losses = torch.mean((predicted - target) ** 2, dim=-1)
        return torch.sum(losses * mask) / torch.clamp(torch.sum(mask), min=1.0)

    losses_of = torch.func.vmap(loss_of, (0, None, None, None, 0))
    best = {name: value.detach().clone() for name, value in variables.items()}
    lowest = np.full(copies.count, np.inf)
    every = max(1, schedule.steps // schedule.checks)
    batches, rates = torch.tensor(draw_batches(schedule, len(x))), schedule.rates()
    for number in range(schedule.steps - schedule.steps % every):
        index = batches[number]
        optimiser.param_groups[0]["lr"] = float(rates[number])
        optimiser.zero_grad()
        shift = None if offset is None else offset[index]
        losses_of(variables, inputs[index], wanted[index], shift, learn[:, index]).sum().backward()
        optimiser.step()
        if (number + 1) % every == 0:
            with torch.no_grad():
                losses = losses_of(variables, inputs, wanted, offset, judge).double().numpy()
                better = torch.tensor(losses < lowest)
                for name, value in variables.items():
                    best[name] = torch.where(better.reshape(-1, *(1,) * (value.ndim - 1)), value, best[name])
            lowest = np.minimum(losses, lowest)
            progress(every)
            fitted = TorchFitted(forward, {name: value.detach() for name, value in best.items()}, lowest)
            if give_up and give_up.now(number + 1, every) and give_up.when(fitted):
                break
    return TorchFitted(forward, {name: value.detach() for name, value in best.items()}, lowest)


def _variables(first: Mapping[str, Array], copies: Copies) -> dict[str, Any]:
    """The weights by name, and the frames, as float32 tensors with K in front."""
    import torch

    given = {**first, **dict(zip(_FRAMES, (copies.frames, copies.outputs), strict=True))}
    return {name: torch.tensor(each, dtype=torch.float32) for name, each in given.items() if each is not None}


def _framed(module: Any, copies: Copies) -> Callable[[dict[str, Any], Any], Any]:
    """(variables of one copy, samples) -> predictions (N, m): Q h(P^-1 x)."""
    import torch

    def forward(variables: dict[str, Any], x: Any) -> Any:
        weights = {name: value for name, value in variables.items() if name not in _FRAMES}
        frame = variables.get("frame")
        if frame is not None:
            if copies.affine:
                frame = torch.cat([frame[:-1], torch.eye(len(frame), dtype=frame.dtype)[-1:]])
            x = x @ frame.T
        if copies.points:
            x = x[..., :-1]
        predicted = torch.func.functional_call(module, weights, (x,))
        if copies.tied:
            acting = torch.linalg.inv(frame)
            predicted = predicted @ (acting[:-1, :-1] if copies.points else acting).T
            predicted = predicted[..., :-1] if copies.affine and not copies.points else predicted
        if "output" in variables:
            predicted = predicted @ variables["output"].T
        return predicted.reshape(len(x), -1)

    return forward
