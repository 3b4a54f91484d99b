"""The optimisers, made of torch.optim and of Optax, such that both give the same update.

adam: Kingma and Ba 2014 (arXiv 1412.6980), weight decay as L2 in the gradient. adamw: Loshchilov and Hutter 2017 (arXiv
1711.05101), decay outside the moments. sgd: velocity v = momentum v + g, then w -= rate v, with L2 in the gradient.
rmsprop: Tieleman and Hinton 2012, v = alpha v + (1 - alpha) g^2, then w -= rate g / (sqrt(v) + epsilon).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from symdsl.check.training_options import TrainingOptions
from symdsl.diagnostics.missing import missing_extra

if TYPE_CHECKING:
    import optax
    import torch


def torch_optimiser(options: TrainingOptions, parameters: Iterable[Any]) -> torch.optim.Optimizer:
    """The optimiser of torch.optim over `parameters`; its rate is the full one until the loop sets another."""
    import torch

    rate, decay = options.learning_rate, options.weight_decay
    if options.optimiser == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=options.momentum, weight_decay=decay)
    if options.optimiser == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=rate, alpha=options.alpha, eps=options.epsilon, weight_decay=decay)
    kind = torch.optim.Adam if options.optimiser == "adam" else torch.optim.AdamW
    first, second = options.beta
    return kind(parameters, lr=rate, betas=(first, second), eps=options.epsilon, weight_decay=decay)


def clip_gradient(parameters: Sequence[Any], bound: float) -> None:
    """Scale the gradients of torch parameters by min(1, bound / norm), norm that of all of them together.

    As `optax.clip_by_global_norm`; `torch.nn.utils.clip_grad_norm_` divides by norm + 1e-6 instead.
    """
    import torch

    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norm = torch.nn.utils.get_total_norm(gradients)
    torch._foreach_mul_(gradients, torch.clamp(bound / norm, max=1.0))  # pyright: ignore[reportPrivateImportUsage]


def optax_direction(options: TrainingOptions) -> optax.GradientTransformation:
    """The update without the rate: new = old - rate * direction, so that the rate can change from step to step.

    Raises SymdslError (SYM1009, exit 4) without Optax.
    """
    try:
        import optax
    except ImportError:
        raise missing_extra("optax", "jax", "training with jax") from None

    clip = [optax.clip_by_global_norm(options.clip)] if options.clip is not None else []
    decay = [optax.add_decayed_weights(options.weight_decay)] if options.weight_decay else []
    if options.optimiser == "sgd":
        velocity = [optax.trace(options.momentum)] if options.momentum else []
        return optax.chain(optax.identity(), *clip, *decay, *velocity)
    if options.optimiser == "rmsprop":
        return optax.chain(
            *clip, *decay, optax.scale_by_rms(options.alpha, options.epsilon, initial_scale=0.0, eps_in_sqrt=False)
        )
    moments = optax.scale_by_adam(b1=options.beta[0], b2=options.beta[1], eps=options.epsilon)
    if options.optimiser == "adam":
        return optax.chain(*clip, *decay, moments)
    return optax.chain(*clip, moments, *decay)
