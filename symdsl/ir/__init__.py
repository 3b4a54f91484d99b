"""The IR: a typed dataflow graph in which equivariance is a typing rule."""
