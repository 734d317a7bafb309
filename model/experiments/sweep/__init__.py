"""Sweeps: many runs of many worlds, kept so that no finished run is lost."""
