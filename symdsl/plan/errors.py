"""Errors of the plan: a plan is written by the compiler, so a faulty one is the compiler's fault."""

from __future__ import annotations


class PlanError(Exception):
    """A plan is not well formed. The user's spec is not to blame (exit code 70)."""


class SampleMixingError(PlanError):
    """A per-sample gradient was asked of a region that mixes samples: a caller may turn this into a diagnostic."""
