"""Learning a symmetry from data: estimate, close, name, certify."""
