"""What lies on disk: weights, manifests, and files that are written whole or not at all."""
