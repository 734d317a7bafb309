"""Where numbers come from: identity of runs, versions, facts, and the trace of a column to its sources."""

from __future__ import annotations

import hashlib
import json
import platform as machine
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from typing import Any

from model.facts.records import StartState
from model.facts.start import DATES, load_start
from model.foundation.plain import fitting
from model.foundation.version import model_version
from model.results.card import ScenarioCard
from model.results.carried import Carried

LIBRARIES = ("numpy", "scipy", "numba", "mesa", "pandas", "pyarrow")
_FORM = {
    "run_ids": {str: str}, "scenario_digest": str, "start": str, "start_digest": str, "seed": int, "model_version": str,
    "versions": {str: str}, "fact_ids": {str: [str]}, "assumed": {str: [int]}, "created": str,
    "carried?": (None, {str: object}),
}  # fmt: skip
SECTIONS = ("people", "platforms", "offers", "repertoire", "deals", "advertising", "tiktok")
"""Sections of the start state that measures name as their facts."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Identity and sources of a result.

    run_ids: by replicate. start_digest: hash of the start state. fact_ids: by section of the start state, for the
    markets of the run. assumed: cells of the section that rest on an assumption, and all its cells. created: UTC time,
    which is not part of any identity. carried: the ensemble whose members the runs are, None without one.
    """

    run_ids: Mapping[int, str]
    scenario_digest: str
    start: str
    start_digest: str
    seed: int
    model_version: str
    versions: Mapping[str, str]
    fact_ids: Mapping[str, tuple[str, ...]]
    assumed: Mapping[str, tuple[int, int]]
    created: str
    carried: Carried | None = None

    @classmethod
    def of(cls, card: ScenarioCard, *, replicates: Sequence[int], carried: Carried | None = None) -> Provenance:
        """Return the provenance of a scenario's runs, as of now. carried: the ensemble that they were run under."""
        start = load_start(card.start)
        digest = start_digest(card.start)
        sections = _sections(start, card.markets)
        return cls(
            run_ids={number: run_id(card, replicate=number, start=digest, carried=carried) for number in replicates},
            scenario_digest=card.digest, start=card.start, start_digest=digest, seed=card.seed,
            model_version=model_version(), versions=library_versions(),
            fact_ids={name: _ids(records) for name, records in sections.items()},
            assumed={name: (sum(one.confidence == "assumption" for one in records), len(records))
                     for name, records in sections.items()},
            created=datetime.now(UTC).isoformat(timespec="seconds"), carried=carried,
        )  # fmt: skip

    def stamp(self) -> dict[str, object]:
        """Return what identifies the runs, short enough to be written into each picture of them."""
        return {
            "run_ids": list(self.run_ids.values()), "scenario_digest": self.scenario_digest, "seed": self.seed,
            "model_version": self.model_version, "start": self.start, "start_digest": self.start_digest,
        }  # fmt: skip

    @classmethod
    def from_plain(cls, values: Mapping[str, Any]) -> Provenance:
        """Return the provenance of plain values, as `plain` gives them; KeyError, TypeError or ValueError if not."""
        fitting(values, _FORM, place="provenance")
        if values["start"] not in DATES or any(len(counts) != 2 for counts in values["assumed"].values()):
            raise ValueError("provenance.start has a start, and provenance.assumed are pairs of numbers")
        return cls(**{
            **values,
            "run_ids": {int(number): name for number, name in values["run_ids"].items()},
            "fact_ids": {name: tuple(ids) for name, ids in values["fact_ids"].items()},
            "assumed": {name: (counts[0], counts[1]) for name, counts in values["assumed"].items()},
            "carried": Carried.from_plain(values["carried"]) if values.get("carried") else None,
        })  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "run_ids": {str(number): name for number, name in self.run_ids.items()},
            "scenario_digest": self.scenario_digest, "start": self.start, "start_digest": self.start_digest,
            "seed": self.seed, "model_version": self.model_version, "versions": dict(self.versions),
            "fact_ids": {name: list(ids) for name, ids in self.fact_ids.items()},
            "assumed": {name: list(counts) for name, counts in self.assumed.items()}, "created": self.created,
            **({"carried": self.carried.plain()} if self.carried else {}),
        }  # fmt: skip


def run_id(card: ScenarioCard, *, replicate: int, start: str, carried: Carried | None = None) -> str:
    """Return sixteen hexadecimal digits that stand for one run: scenario, replicate, seed, model version and start.

    The scenario is the run's own, with the values of its member of an ensemble; run by itself it has the same id.
    """
    scenario = card.canonical if carried is None else carried.canonical(card.canonical, replicate)
    identity = {
        "scenario": scenario, "replicate": replicate, "seed": card.seed, "model": model_version(), "start": start,
    }  # fmt: skip
    text = json.dumps(identity, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


@cache
def start_digest(date: str) -> str:
    """Return sixteen hexadecimal digits that stand for the start state of a date: every number, source and deal."""
    start = load_start(date)
    parts = (start.month, start.markets, start.deals, start.tiktok_rest_ad_revenue_usd_m)
    return hashlib.blake2b(repr(parts).encode(), digest_size=8).hexdigest()


@cache
@cache
def _library_versions() -> tuple[tuple[str, str], ...]:
    return (("python", machine.python_version()), *((name, metadata.version(name)) for name in LIBRARIES))


def library_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that numbers pass through."""
    return dict(_library_versions())


def _sections(start: StartState, markets: Sequence[str]) -> dict[str, list[Any]]:
    """Return the records of each section that concern the markets."""
    there = [start.markets[code] for code in markets]
    return {
        "people": list(there),
        "platforms": [cell for market in there for cell in market.platforms.values()],
        "offers": [offer for market in there for offer in market.offers],
        "repertoire": [label for market in there for label in market.repertoire.values()],
        "deals": [deal for deal in start.deals if set(deal.markets) & set(markets)],
        "advertising": [market.ads for market in there],
        "tiktok": [market.tiktok for market in there],
    }


def _ids(records: Sequence[Any]) -> tuple[str, ...]:
    return tuple(sorted({name for record in records for name in record.fact_ids}))
