"""Measuring whether a compiled model has the symmetry that its spec promises."""
