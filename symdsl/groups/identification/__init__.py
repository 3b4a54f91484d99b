"""From noisy generators to an exact Lie algebra with a name."""
