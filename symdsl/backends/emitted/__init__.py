"""Functions whose source is printed into emitted files, word for word, by every backend."""
