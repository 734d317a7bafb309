"""Late entrants in the start: what the market of October 2022 shows about services that came late.

The declared `entrant_gap`, `entrant_gap_second` and `launch_hazard` rest on this table, which anybody can make again.
It knows entries that lasted until October 2022 only, so that it leans to the better ones: Joox left South Africa in
March 2022 (sts-0014), and what became of Resso after 2022 is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from model.foundation.months import parse_month
from model.market.entry import KIND
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.spec.parameters import Parameters
from model.spec.scenario import Scenario
from model.state.country import Country
from model.state.offers import FREE

KINDS = ("free_ads", "student", "individual", "family_per_head")


@dataclass(frozen=True, slots=True)
class Entry:
    """A service that entered a market late: month of the entry, and the facts that date it (none: by recollection)."""

    service: str
    market: str
    date: str
    facts: tuple[str, ...] = ()


ENTRIES = (
    Entry("resso", "IN", "2020-03", ("byt-0002",)),
    Entry("resso", "ID", "2020-03", ("byt-0003",)),
    Entry("resso", "BR", "2020-10", ("byt-0004",)),
    Entry("spotify", "IN", "2019-02", ("prc-0001",)),
    Entry("spotify", "ZA", "2018-03", ("sts-0016",)),
    Entry("spotify", "NG", "2021-02", ("sts-0015",)),
    Entry("spotify", "VN", "2018-03"),
    Entry("spotify", "EG", "2018-11"),
    Entry("apple_music", "NG", "2020-04"),
    Entry("youtube_music", "ID", "2019-11"),
    Entry("youtube_music", "MY", "2019-11"),
    Entry("youtube_music", "PH", "2019-11"),
    Entry("youtube_music", "SG", "2019-11"),
    Entry("youtube_music", "TH", "2019-11"),
    Entry("youtube_music", "NG", "2020-03"),
)


def late_entrants(
    *, users: int = 20_000, seeds: Iterable[int] = (1, 2, 3), starts: StartStore | None = None
) -> pd.DataFrame:
    """Return a row per entry and nest: `gap` and `gap_second` (logit, mean over the service's tiers and the seeds).

    A gap is the distance of a tier's settled quality from the best of the same kind of tier that another service has in
    the market. `aware`: share of people who know the service; `launch_hazard`: the hazard a month that makes so many
    know it in the months since, with word of mouth and forgetting as declared. users: simulated users a market.
    """
    rows: list[dict[str, object]] = []
    markets = sorted({entry.market for entry in ENTRIES})
    for seed in seeds:
        plan = Scenario.load("baseline").replace({"markets": markets, "users": users, "months": 1, "seed": seed})
        run = StreamingMarket(plan, starts=starts)
        for entry in ENTRIES:
            rows += _rows(entry, run.countries[entry.market], plan.parameters, opening=parse_month(plan.start))
    table = pd.DataFrame(rows).groupby(["service", "market", "date", "facts", "nest"], sort=False).mean()
    return table.reset_index()


def _rows(entry: Entry, country: Country, parameters: Parameters, *, opening: int) -> list[dict[str, object]]:
    offers = country.offers
    months = opening - parse_month(entry.date)
    gaps: dict[str, list[tuple[float, float]]] = {}
    for option in offers.of_platform(entry.service):
        kind = KIND.get(offers.names[option][1], offers.names[option][1])
        rivals = [
            j
            for j, (service, tier) in enumerate(offers.names)
            if service not in (entry.service, "outside") and KIND.get(tier, tier) == kind
        ]
        gap = (_gap(offers.xi, option, rivals), _gap(offers.xi_second, option, rivals))
        if kind in KINDS and np.isfinite(gap[0]):
            gaps.setdefault("free" if offers.nest[option] == FREE else "paid", []).append(gap)
    aware, hazard = _fame(entry, country, parameters, months=months)
    common = {"service": entry.service, "market": entry.market, "date": entry.date, "facts": ";".join(entry.facts)}
    found: list[dict[str, object]] = []
    for nest, values in gaps.items():
        main, second = pd.DataFrame(values).mean()
        found.append(
            {**common, "nest": nest, "gap": main, "gap_second": second, "aware": aware, "launch_hazard": hazard}
        )
    return found


def _gap(quality: np.ndarray[tuple[int], np.dtype[np.float64]], option: int, rivals: list[int]) -> float:
    known = [quality[j] for j in rivals if np.isfinite(quality[j])]
    return float(quality[option] - max(known)) if known and np.isfinite(quality[option]) else float("nan")


def _fame(entry: Entry, country: Country, parameters: Parameters, *, months: int) -> tuple[float, float]:
    """Return (share of people who know a service now, hazard a month since its entry); users grow evenly.

    The hazard is 0 where word of mouth alone makes more know it.
    """
    offers, active = country.offers, country.active
    service = country.platforms.index(entry.service)
    aware = float(((country.users.aware[:active] >> np.uint32(service)) & np.uint32(1)).mean())
    main, second = country.stocks()
    mine = offers.platform == service
    listeners = float(main[mine].sum()) / active
    using = listeners + float(second[mine].sum()) / active

    def short(hazard: float) -> float:
        known = 0.0
        for month in range(1, months + 1):
            part = month / months
            learns = -np.expm1(-(hazard + parameters.word_of_mouth * listeners * part))
            lost = parameters.forgetting * max(0.0, known - using * part)
            known += learns * (1.0 - known) - lost
        return known - aware

    return aware, float(brentq(short, 0.0, 1.0)) if short(0.0) < 0.0 else 0.0
