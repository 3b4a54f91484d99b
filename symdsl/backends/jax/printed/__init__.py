"""JAX functions whose source is printed into emitted files where an operation needs more than one line."""
