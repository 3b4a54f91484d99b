"""Operators whose exponentials carry one view to the other (Rao & Ruderman), by smoothed coefficients."""
