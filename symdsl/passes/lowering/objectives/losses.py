"""What one output adds to the loss: one number for each sample, averaged over the axes of the output."""

from __future__ import annotations

from symdsl.check.spec import Field
from symdsl.plan.builder import MethodBuilder
from symdsl.plan.value import Value


def cross_entropy(builder: MethodBuilder, field: Field, output: Value, target: Value) -> Value:
    """- log p(target), for logits along the last axis."""
    rank = len(field.shape)
    log_probability = builder.add("log_softmax", output, axis=rank)
    hot = builder.add("one_hot", target, classes=field.classes)
    chosen = builder.add("sum", builder.add("multiply", hot, log_probability), axes=(rank,))
    return mean_of_sample(builder.add("negate", chosen))


def divergence(builder: MethodBuilder, field: Field, first: Value, second: Value) -> Value:
    """Half of Jeffreys' divergence of two laws given by logits: sum (p - q)(log p - log q) / 2 (Jeffreys 1946)."""
    rank = len(field.shape)
    p, q = (builder.add("softmax", logits, axis=rank) for logits in (first, second))
    log_p, log_q = (builder.add("log_softmax", logits, axis=rank) for logits in (first, second))
    return mean_of_sample((((p - q) * (log_p - log_q)) * 0.5).apply("sum", axes=(rank,)))


def distance(builder: MethodBuilder, kind: str | None, difference: Value) -> Value:
    """The mean of the squares of a difference, or of its absolute values where `kind` says so."""
    return mean_of_sample(builder.add("absolute" if kind == "mean_absolute_error" else "square", difference))


def mean_of_sample(loss: Value) -> Value:
    """The mean over all axes of a sample."""
    return loss.apply("mean", axes=tuple(range(loss.rank))) if loss.rank else loss
