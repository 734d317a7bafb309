"""Comparison of scenarios: paired differences under common random numbers, and a ranking with a stated error."""

from model.experiments.comparing.compare import ComparisonStopped, compare
from model.experiments.comparing.comparison import Comparison, Ranking

__all__ = ["Comparison", "ComparisonStopped", "Ranking", "compare"]
