"""Equivariant linear maps between representations: bases, dimensions, invariants."""
