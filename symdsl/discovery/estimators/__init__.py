"""The documented ways to learn a symmetry, a folder each."""
