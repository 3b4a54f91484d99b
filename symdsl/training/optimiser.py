"""The optimisers, made of torch.optim and of Optax, such that both give the same update.

adam: Kingma and Ba 2014 (arXiv 1412.6980), weight decay as L2 in the gradient. adamw: Loshchilov and Hutter 2017 (arXiv
1711.05101), decay outside the moments. sgd: velocity v = momentum v + g, then w -= rate v, with L2 in the gradient.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from symdsl.data.faults import missing_extra
from symdsl.training.options import TrainingOptions

if TYPE_CHECKING:
    import optax
    import torch


def torch_optimiser(options: TrainingOptions, parameters: Iterable[Any]) -> torch.optim.Optimizer:
    """The optimiser of torch.optim over `parameters`; its rate is the full one until the loop sets another."""
    import torch

    rate, decay = options.learning_rate, options.weight_decay
    if options.optimiser == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=options.momentum, weight_decay=decay)
    kind = torch.optim.Adam if options.optimiser == "adam" else torch.optim.AdamW
    return kind(parameters, lr=rate, betas=options.beta, eps=options.epsilon, weight_decay=decay)


def optax_direction(options: TrainingOptions) -> optax.GradientTransformation:
    """The update without the rate: new = old - rate * direction, so that the rate can change from step to step.

    Raises SymdslError (SYM1009, exit 4) without Optax.
    """
    try:
        import optax
    except ImportError:
        raise missing_extra("optax", "jax", "training with jax") from None

    decay = [optax.add_decayed_weights(options.weight_decay)] if options.weight_decay else []
    if options.optimiser == "sgd":
        velocity = [optax.trace(options.momentum)] if options.momentum else []
        return optax.chain(*decay, *velocity)
    moments = optax.scale_by_adam(b1=options.beta[0], b2=options.beta[1], eps=options.epsilon)
    return optax.chain(*decay, moments) if options.optimiser == "adam" else optax.chain(moments, *decay)
