"""Source that emitted files contain, word for word."""
