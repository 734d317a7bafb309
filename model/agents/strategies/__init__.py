"""Strategies: rules by which platforms and labels set their levers month by month. One rule, one file."""

from importlib import import_module
from pathlib import Path

from model.agents.strategies.base import Strategy
from model.agents.strategies.outlook import Ahead, Offer, Outlook

__all__ = ["Ahead", "Offer", "Outlook", "Strategy"]

for _file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    import_module(f"{__name__}.{_file.stem}")  # each registers its rule
