"""Searches over levers with several objectives: fronts, with fresh draws for what the best owe to luck."""

from model.experiments.optimise.answer import Optimised
from model.experiments.optimise.file import SearchFile, read_search_file
from model.experiments.optimise.objectives import Objective
from model.experiments.optimise.plan import SearchPlan, plan_search
from model.experiments.optimise.search import optimise, run_search

__all__ = [
    "Objective",
    "Optimised",
    "SearchFile",
    "SearchPlan",
    "optimise",
    "plan_search",
    "read_search_file",
    "run_search",
]
