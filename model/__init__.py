"""Resonance: a strategy laboratory for the music-streaming war of October 2022."""
