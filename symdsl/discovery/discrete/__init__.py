"""Discrete parts of a symmetry, which no infinitesimal method sees: parity, signs, permutations, cyclic groups."""
