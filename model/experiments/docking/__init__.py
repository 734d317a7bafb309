"""Docking: the code held against closed forms and independent solutions, with stated tolerances."""

from model.experiments.docking.case import Case, Check, Docked
from model.experiments.docking.page import docking_figure, docking_page, docking_table
from model.experiments.docking.suite import CASES, dock

__all__ = ["CASES", "Case", "Check", "Docked", "dock", "docking_figure", "docking_page", "docking_table"]
