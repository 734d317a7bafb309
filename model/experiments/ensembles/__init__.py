"""Ensembles: joint draws of uncertain parameters, and forecasts that carry them."""

from model.experiments.ensembles.ensemble import Ensemble, open_ensemble
from model.experiments.ensembles.prior import prior_ensemble

__all__ = ["Ensemble", "open_ensemble", "prior_ensemble"]
