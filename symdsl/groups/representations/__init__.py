"""Representations beyond the defining one: irreducible, induced, powers, by matrices; and their canonical form."""
