"""Ways out of a wrong name in a scenario: the market a country's name means, the table a key belongs under."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from model.facts.countries import country_code
from model.foundation.errors import nearest
from model.spec.names import ALL, Names
from model.spec.parameters import declared_parameters
from model.spec.settings import LEVERS, Lever


def nearest_or_all(name: str, known: Sequence[str]) -> str:
    """Return a near miss as a question, or else every known name in the order given."""
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(known)}."


def nearest_market(name: str, names: Names, *, every: bool = True) -> str:
    """Return the code that a word means (a country's name, small letters, a slip), or else every market.

    every: whether ALL may be written there too.
    """
    code = name.strip().upper()
    code = code if code in (*names.markets, ALL) else country_code(name) or ""
    if code in names.markets or (every and code == ALL):
        return f"Did you mean {code!r}?"
    return nearest_or_all(name, [*names.markets, ALL] if every else names.markets)


def nearest_key(key: str, *, keys: Sequence[str], names: Names) -> str:
    """Return where a word that is no key of a scenario belongs: another key, a parameter, a lever, a service."""
    if key in declared_parameters():
        return f"Did you mean {f'parameters.{key}'!r}?"
    if key in LEVERS:
        event = LEVERS[key].by_event
        return f"An event sets it, {event}." if event else f"Did you mean {lever_path(LEVERS[key])!r}?"
    if key in names.services:
        return f"Did you mean {f'platforms.{key}'!r}?"
    if key in names.markets:
        return f"Did you mean {f'markets.{key}'!r}?"
    if get_close_matches(key, keys, n=1, cutoff=0.6):
        return nearest(key, keys)
    close = get_close_matches(key, list(declared_parameters()), n=1, cutoff=0.75)
    return f"Did you mean {f'parameters.{close[0]}'!r}?" if close else nearest_or_all(key, keys)


def lever_path(lever: Lever) -> str:
    """Return the dotted path of a lever with its open places, e.g. platforms.<service>.price.<MARKET>.<tier>."""
    path = f"markets.<MARKET>.{lever.name}" if lever.of == "market" else f"platforms.<service>.{lever.name}.<MARKET>"
    return path + ("" if lever.item == "none" else f".<{lever.item}>")
