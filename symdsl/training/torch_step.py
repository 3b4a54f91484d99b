"""One update of a torch model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from symdsl.diagnostics.diagnostic import Diagnostic, SymdslError
from symdsl.training.optimiser import torch_optimiser
from symdsl.training.options import TrainingOptions
from symdsl.training.step import Noise

if TYPE_CHECKING:
    import torch

    from symdsl.backends.backend import CompiledModel

Array = NDArray[Any]
NOISE_STATE = "noise"


class TorchStepper:
    """Calls `module.objective(*inputs, *targets, *noise)`, its gradient, and an optimiser of torch.optim."""

    def __init__(self, model: CompiledModel, options: TrainingOptions, noise: Sequence[Noise], device: str) -> None:
        import torch

        self.model = model
        self.device = find_device(device)
        self.module = model.module.to(self.device).train()
        self.named = dict(self.module.named_parameters())
        self.optimiser = torch_optimiser(options, self.named.values())
        self.noise = tuple(noise)
        self.generator = torch.Generator(device=self.device).manual_seed(options.seed)
        self.dtype = next((each.dtype for each in self.named.values()), torch.get_default_dtype())
        self.data: tuple[Any, ...] = ()

    def put_data(self, arrays: Sequence[Array]) -> None:
        """Training data as tensors on the device: real ones of the model's dtype, labels int64."""
        self.data = tuple(self._tensor(array) for array in arrays)

    def _tensor(self, array: Array) -> Any:
        import torch

        dtype = torch.int64 if array.dtype.kind in "iub" else self.dtype
        return torch.as_tensor(array).to(device=self.device, dtype=dtype)

    def step(self, batch: Array | None, rate: float) -> Any:
        """One update; returns the loss as a detached tensor."""
        import torch

        if batch is None:
            chosen = self.data
        else:
            index = torch.as_tensor(batch, device=self.device)
            chosen = tuple(array[index] for array in self.data)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad()
        loss = self.module.objective(*chosen, *self._draw(len(chosen[0])))
        loss.backward()
        self.optimiser.step()
        return loss.detach()

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
            with torch.no_grad():
                outputs = self.module(*(self._tensor(array) for array in inputs))
        finally:
            self.module.train()
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        return tuple(output.cpu().numpy() for output in several)

    def weights(self) -> dict[str, Array]:
        """Copies of parameters and state."""
        return self.model.weights()

    def optimiser_state(self) -> dict[str, Array]:
        """Moments by parameter, "exp_avg:layer.weight", and the state of the noise generator."""
        found = {NOISE_STATE: self.generator.get_state().numpy().copy()}
        for name, parameter in self.named.items():
            for key, value in self.optimiser.state.get(parameter, {}).items():
                if value is not None:
                    found[f"{key}:{name}"] = value.detach().cpu().numpy().copy()
        return found

    def close(self) -> None:
        """Evaluation mode."""
        self.module.eval()

    def restore(self, weights: Mapping[str, Array], optimiser_state: Mapping[str, Array]) -> None:
        """Weights, moments and noise as they were."""
        import torch

        self.model.set_weights(weights)
        self.generator.set_state(torch.from_numpy(np.array(optimiser_state[NOISE_STATE])))
        for path, array in optimiser_state.items():
            key, separator, name = path.partition(":")
            if separator:
                self.optimiser.state[self.named[name]][key] = self._moment(key, array)

    def _moment(self, key: str, array: Array) -> Any:
        """A moment on the device; torch keeps the step counter on the CPU."""
        import torch

        tensor = torch.from_numpy(np.array(array))
        return tensor if key == "step" else tensor.to(self.device)


def find_device(name: str) -> torch.device:
    """The torch device of a name such as "cpu" or "cuda:0". Raises SymdslError (SYM1003, exit 4) without it."""
    import torch

    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        first_line = str(error).splitlines()[0]
        diagnostic = Diagnostic("SYM1003", f"torch has no device {name}", notes=(first_line,))
        raise SymdslError(diagnostic, exit_code=4) from None
