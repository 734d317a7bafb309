"""Explanations: why two scenarios differ, and why people switched."""

from model.experiments.explaining.difference import ExplanationStopped, explain_difference
from model.experiments.explaining.explained import ExplainedDifference

__all__ = ["ExplainedDifference", "ExplanationStopped", "explain_difference"]
