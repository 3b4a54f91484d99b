"""The rules of `simplify`, a kind of operation a file."""
