"""Which assumptions matter most: one screening of every uncertain parameter, kept as a small file in the package."""

from model.experiments.assumptions.screening import Screened, measure_assumptions, screening, unscreened

__all__ = ["Screened", "measure_assumptions", "screening", "unscreened"]
