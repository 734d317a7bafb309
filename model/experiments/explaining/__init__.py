"""Explanations: why two scenarios differ, and why people switched."""

from model.experiments.explaining.difference import ExplanationStopped, explain_difference
from model.experiments.explaining.explained import ExplainedDifference
from model.experiments.explaining.switching import Switching
from model.experiments.explaining.why_switched import why_switched

__all__ = ["ExplainedDifference", "ExplanationStopped", "Switching", "explain_difference", "why_switched"]
