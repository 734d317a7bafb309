"""Backtest: what a model calibrated to one window says of the next, scored against naive rules."""

from model.experiments.backtest.backtesting import BacktestPlan, backtest, plan_backtest
from model.experiments.backtest.outcomes_file import read_outcomes
from model.experiments.backtest.result import Backtest
from model.experiments.backtest.series import Window

__all__ = ["Backtest", "BacktestPlan", "Window", "backtest", "plan_backtest", "read_outcomes"]
