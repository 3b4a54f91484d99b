"""Matrix groups, their representations and actions, and the equivariant maps between representations."""
