"""Any number of a result, saved or not, traced to runs, scenario, parameters, facts and assumptions."""

from model.experiments.tracing.folder import trace_saved
from model.experiments.tracing.runs import trace_result
from model.experiments.tracing.traced import Asked, Traced

__all__ = ["Asked", "Traced", "trace_result", "trace_saved"]
