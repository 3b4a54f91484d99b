"""Orbits in the last layer of a classifier, and the generators of a cloud of points on one (Krippendorf & Syvaeri)."""
