"""Long trajectories of trained models, what they conserve, and how far they are from the truth."""
