"""Lowering of what only training does: random elements, what they move, and the losses."""
