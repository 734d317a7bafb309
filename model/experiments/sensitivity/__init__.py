"""Which assumptions matter: screenings, shares of variance, tornadoes, thresholds of policies."""

from model.experiments.sensitivity.answer import Assumption, Sensitivity
from model.experiments.sensitivity.asking import run_sensitivity, sensitivity
from model.experiments.sensitivity.plan import SensitivityPlan, plan_sensitivity
from model.experiments.sensitivity.threshold import Threshold, find_threshold
from model.experiments.sensitivity.tornado import Tornado, tornado

__all__ = [
    "Assumption",
    "Sensitivity",
    "SensitivityPlan",
    "Threshold",
    "Tornado",
    "find_threshold",
    "plan_sensitivity",
    "run_sensitivity",
    "sensitivity",
    "tornado",
]
