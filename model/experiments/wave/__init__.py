"""The renewal wave: every licence of the largest labels with the largest services priced at once."""

from model.experiments.wave.result import RenewalWave
from model.experiments.wave.wave import renewal_wave

__all__ = ["RenewalWave", "renewal_wave"]
