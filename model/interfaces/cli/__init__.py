"""The command line `resonance`."""

from model.interfaces.cli.entry import main

__all__ = ["main"]
