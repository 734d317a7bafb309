"""Results of runs: declared measures, tidy tables, a result that can be saved, traced and drawn."""

from model.results.measures import FRAMES, MEASURES, Measure
from model.results.run_result import RunResult
from model.results.runs import FinishedRun

__all__ = ["FRAMES", "MEASURES", "FinishedRun", "Measure", "RunResult"]
