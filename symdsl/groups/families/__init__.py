"""Constructors of groups: one function for each name that a spec may write."""
