"""Robust choice: which policy to take when nobody knows the future, from the runs of one sweep."""

from model.experiments.robust.choice import RobustChoice
from model.experiments.robust.choosing import robust_choice
from model.experiments.robust.question import Question

__all__ = ["Question", "RobustChoice", "robust_choice"]
