"""Training on either backend: options, steps, loop, metrics, checkpoints and run folders."""
