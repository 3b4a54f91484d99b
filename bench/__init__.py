"""Measured figures: each module prints its rows and writes them to docs/results.md. Never part of the tests."""
