"""One update of a torch model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.backends.torch.device import find_device
from symdsl.check.training_options import TrainingOptions
from symdsl.training.optimiser import clip_gradient, torch_optimiser
from symdsl.training.share import Place, Share
from symdsl.training.step import Batch, Noise

if TYPE_CHECKING:

    from symdsl.backends.backend import CompiledModel

Array = NDArray[Any]
NOISE_STATE, AVERAGE = "noise", "average"


class TorchStepper:
    """Calls `module.objective(*inputs, *targets, *noise)`, its gradient, and an optimiser of torch.optim."""

    def __init__(
        self, model: CompiledModel, options: TrainingOptions, noise: Sequence[Noise], device: str, place: Place,
        entry: str = "forward",
    ) -> None:  # fmt: skip
        import torch

        self.entry = entry

        self.model = model
        self.device = find_device(f"cuda:{place.local}" if device == "cuda" and place.count > 1 else device)
        self.module = model.module.to(self.device).train()
        self.share = Share(place, self.module) if place.count > 1 else None
        if self.share is not None:
            self.share.join(self.device.type)
        self.named = dict(self.module.named_parameters())
        self.parameters = list(self.named.values())
        self.optimiser = torch_optimiser(options, self.parameters)
        self.noise = tuple(noise)
        self.generator = torch.Generator(device=self.device).manual_seed(options.seed)
        self.dtype = next((each.dtype for each in self.parameters), torch.get_default_dtype())
        self.data: tuple[Any, ...] = ()
        self.clip = options.clip
        self.mixed = options.precision == "mixed"
        self.averages = [each.detach().clone() for each in self.parameters] if options.ema is not None else []
        self.average = torch.optim.swa_utils.get_ema_multi_avg_fn(options.ema) if options.ema is not None else None

    def put_data(self, arrays: Sequence[Array]) -> None:
        """Training data as tensors on the device: real ones of the model's dtype, labels int64."""
        self.data = tuple(self._tensor(array) for array in arrays)

    def _tensor(self, array: Array) -> Any:
        import torch

        dtype = torch.int64 if array.dtype.kind in "iub" else self.dtype
        return torch.as_tensor(array).to(device=self.device, dtype=dtype)

    def step(self, batch: Batch, rate: float) -> Any:
        """One update; returns the loss as a detached tensor."""
        chosen = self._choose(batch)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad()
        loss = self._objective(chosen)
        loss.backward()
        if self.share is not None:
            loss = self.share.add(self.parameters, loss)
        if self.clip is not None:
            clip_gradient(self.parameters, self.clip)
        self.optimiser.step()
        if self.average is not None:
            import torch

            with torch.no_grad():
                self.average(self.averages, self.parameters, 0)
        return loss.detach()

    def _choose(self, batch: Batch) -> tuple[Any, ...]:
        import torch

        if batch is None:
            return self.data
        if isinstance(batch, tuple):
            return tuple(self._tensor(array) for array in batch)
        index = torch.as_tensor(batch, device=self.device)
        return tuple(array.index_select(0, index) for array in self.data)

    def _objective(self, chosen: tuple[Any, ...]) -> Any:
        """The loss of a batch, or what this process's part of it adds to it."""
        import torch

        count, noise = len(chosen[0]), self._draw(len(chosen[0]))
        weight = 1.0
        if self.share is not None:
            part = self.share.part(count)
            chosen = tuple(array[part] for array in chosen)
            noise = [array[part] if each.batched else array for array, each in zip(noise, self.noise, strict=True)]
            weight = len(chosen[0]) / count
        # products of matrices and convolutions are computed in bfloat16, sums and losses as autocast lists them
        mixed = torch.autocast(self.device.type, dtype=torch.bfloat16) if self.mixed else nullcontext()
        with mixed:
            loss = self.module.objective(*chosen, *noise)
        loss = loss.float() if self.mixed else loss
        return loss if self.share is None else loss * weight

    def _draw(self, batch: int) -> list[Any]:
        import torch

        draw = {"uniform": torch.rand, "normal": torch.randn}
        return [
            draw[each.kind](each.shape_for(batch), generator=self.generator, dtype=self.dtype, device=self.device)
            for each in self.noise
        ]

    def losses(self, handles: Sequence[Any]) -> list[float]:
        """One transfer for all."""
        import torch

        return torch.stack(list(handles)).double().tolist() if handles else []

    def forward(self, inputs: Sequence[Array]) -> tuple[Array, ...]:
        """Inference: the module in evaluation mode, on its device, without gradients."""
        import torch

        self.module.eval()
        try:
            with torch.no_grad(), self._averaged():
                outputs = getattr(self.module, self.entry)(*(self._tensor(array) for array in inputs))
        finally:
            self.module.train()
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        return tuple(output.cpu().numpy() for output in several)

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """The averages stand in for the parameters."""
        own = [parameter.data for parameter in self.parameters]
        for parameter, average in zip(self.parameters, self.averages or own, strict=True):
            parameter.data = average
        try:
            yield
        finally:
            for parameter, tensor in zip(self.parameters, own, strict=True):
                parameter.data = tensor

    def weights(self) -> dict[str, Array]:
        """Copies of parameters and state."""
        return self.model.weights()

    def judged_weights(self) -> dict[str, Array]:
        """Copies of the averages, where there are any, and the state."""
        with self._averaged():
            return self.model.weights()

    def judge(self, weights: Mapping[str, Array]) -> None:
        """The module has these weights, and no averages stand in for them."""
        self.averages, self.average = [], None
        self.model.set_weights(weights)

    def optimiser_state(self) -> dict[str, Array]:
        """Moments by parameter, "exp_avg:layer.weight", averages likewise, and the state of the noise generator."""
        found = {NOISE_STATE: self.generator.get_state().numpy().copy()}
        for name, parameter in self.named.items():
            for key, value in self.optimiser.state.get(parameter, {}).items():
                if value is not None:
                    found[f"{key}:{name}"] = value.detach().cpu().numpy().copy()
        for name, average in zip(self.named, self.averages, strict=False):
            found[f"{AVERAGE}:{name}"] = average.cpu().numpy().copy()
        return found

    def close(self) -> None:
        """Evaluation mode, and a model of this process alone."""
        self.module.eval()
        if self.share is not None:
            self.share.leave()

    def restore(self, weights: Mapping[str, Array], optimiser_state: Mapping[str, Array]) -> None:
        """Weights, moments, averages and noise as they were."""
        import torch

        self.model.set_weights(weights)
        self.generator.set_state(torch.from_numpy(np.array(optimiser_state[NOISE_STATE])))
        self.optimiser.state.clear()
        for path, array in optimiser_state.items():
            key, separator, name = path.partition(":")
            if separator and key != AVERAGE:
                self.optimiser.state[self.named[name]][key] = self._moment(key, array)
        for name, average in zip(self.named, self.averages, strict=False):
            average.copy_(torch.from_numpy(np.array(optimiser_state[f"{AVERAGE}:{name}"])))

    def _moment(self, key: str, array: Array) -> Any:
        """A moment on the device; torch keeps the step counter on the CPU."""
        import torch

        tensor = torch.from_numpy(np.array(array))
        return tensor if key == "step" else tensor.to(self.device)
