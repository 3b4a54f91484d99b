"""Lowering: one rule an IR operation, from mathematics to plan modules."""
