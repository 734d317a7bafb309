"""The result of a scenario's runs: tables, summary, sources, figures, saved and loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from numpy.typing import NDArray

from model.facts.start import load_start
from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month
from model.results import stored
from model.results.card import ScenarioCard
from model.results.carried import Carried
from model.results.fans import fan_of, fans_of
from model.results.measures import FRAMES, frame_columns
from model.results.notices import of_markets, thin_sample
from model.results.provenance import Provenance
from model.results.ratios import over_markets
from model.results.runs import Basis, FinishedRun
from model.results.stamp import stamped
from model.results.summary import summary_rows
from model.results.summary_text import WIDE, summary_text
from model.results.tables import ROWS, TABLES
from model.results.trace import trace
from model.spec.scenario import Scenario

if TYPE_CHECKING:
    from model.results.origin import Origin
    from model.results.plots import Plots


class RunResult:
    """What came out of a scenario: one tidy table per subject, each made when it is first asked for.

    scenario: as run; None for a result that was loaded (see `card`). card: the scenario in plain values. provenance:
    identity and sources. notices: what the reader should know. runs: the raw records, empty after loading. seconds:
    computing time by replicate.
    """

    def __init__(
        self, card: ScenarioCard, *, provenance: Provenance, scenario: Scenario | None = None,
        runs: Sequence[FinishedRun] = (), frames: dict[str, pd.DataFrame] | None = None, notices: Sequence[str] = (),
        seconds: dict[int, float] | None = None,
    ) -> None:  # fmt: skip
        self.card = card
        self.provenance = provenance
        self.scenario = scenario
        self.runs = tuple(runs)
        self.notices = tuple(notices)
        self.seconds = dict(seconds or {})
        self._frames = dict(frames or {})

    @classmethod
    def from_runs(
        cls, scenario: Scenario, runs: Sequence[FinishedRun], *, carried: Carried | None = None
    ) -> RunResult:  # fmt: skip
        """Return the result of finished runs of one scenario. Errors: InputError without runs or for doubled ones.

        carried: the ensemble whose members they are; the scenario is then what they have in common.
        """
        numbers = [run.replicate for run in runs]
        if not runs or len(set(numbers)) < len(numbers):
            raise InputError(Fault("runs", "are one or more, each replicate once", numbers, "Run the scenario first."))
        ordered = sorted(runs, key=lambda run: run.replicate)
        card = ScenarioCard.of(scenario)
        known = of_markets([notice for run in ordered for notice in run.notices], card.markets)
        thin = thin_sample(ordered[0], users=card.users, later=_later(scenario))
        return cls(
            card, provenance=Provenance.of(card, replicates=sorted(numbers), carried=carried), scenario=scenario,
            runs=ordered,
            notices=(*known, *([thin] if thin else [])),
            seconds={run.replicate: run.seconds for run in ordered},
        )  # fmt: skip

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table by name (see `FRAMES`); InputError with the nearest name for an unknown one."""
        frame_columns(name)
        if name not in self._frames:
            self._frames[name] = self._made(name)
        return self._frames[name]

    def _made(self, name: str) -> pd.DataFrame:
        """Return a table from the runs; run by run where members differ in what the tables themselves read."""
        carried = self.provenance.carried
        if carried is None or "family_size" in carried.held or "family_size" not in carried.parameters:
            return TABLES[name](self.runs, self._basis)
        frames = [
            TABLES[name]((run,), replace(self._basis, family_size=carried.own_values(run.replicate)["family_size"]))
            for run in self.runs
        ]
        return pd.concat(frames, ignore_index=True)

    def arrays(self, name: str) -> Mapping[str, NDArray[Any]]:
        """Return the columns of a table but `date` as arrays, rows in any order, without making the table."""
        if name in ROWS and self.runs and name not in self._frames and self.provenance.carried is None:
            return ROWS[name](self.runs, self._basis).arrays()
        frame = self.frame(name)
        return {str(column): frame[column].to_numpy() for column in frame if column != "date"}

    @property
    def members(self) -> pd.DataFrame:
        """Run: replicate, member of the ensemble, run id, its own values of parameters; no row without an ensemble."""
        carried = self.provenance.carried
        if carried is None:
            return pd.DataFrame(columns=["replicate", "member", "run_id"])
        return carried.frame(self.provenance.run_ids)

    def fan(
        self, column: str, *, platform: str | None = None, label: str | None = None, market: str | None = None
    ) -> pd.DataFrame:  # fmt: skip
        """Return month, date, q05, q25, median, q75, q95 and mean over the runs of one column.

        platform, label: whose; neither for whole markets. market: a code; None for all together. Errors: InputError.
        """
        return fan_of(self, column, platform=platform, label=label, market=market)

    def fans(self) -> pd.DataFrame:
        """Return the fans of the usual columns: by who, market ("total": all together) and month."""
        return fans_of(self)

    @property
    def offers(self) -> pd.DataFrame:
        """Month x market x platform x tier."""
        return self.frame("offers")

    @property
    def services(self) -> pd.DataFrame:
        """Month x market x platform."""
        return self.frame("services")

    @property
    def labels(self) -> pd.DataFrame:
        """Month x market x platform x label."""
        return self.frame("labels")

    @property
    def markets(self) -> pd.DataFrame:
        """Month x market."""
        return self.frame("markets")

    @property
    def flows(self) -> pd.DataFrame:
        """Month x market x move between options."""
        return self.frame("flows")

    @property
    def diversion(self) -> pd.DataFrame:
        """Month x market x service x where its people would go."""
        return self.frame("diversion")

    @property
    def tiktok(self) -> pd.DataFrame:
        """Month x market: TikTok's time, income, costs and creators."""
        return self.frame("tiktok")

    @property
    def clips(self) -> pd.DataFrame:
        """Month x market x label: whose music may be used on TikTok, and what it earns there."""
        return self.frame("clips")

    @property
    def bytedance(self) -> pd.DataFrame:
        """Month x market: operating income of ByteDance's music services, TikTok's profit, and both together."""
        return self.frame("bytedance")

    @property
    def advertising(self) -> pd.DataFrame:
        """Month x market x channel of advertising: price over the opening's, and income."""
        return self.frame("advertising")

    @property
    def advertisers(self) -> pd.DataFrame:
        """Month x market x segment x channel of advertising: what is spent."""
        return self.frame("advertisers")

    @property
    def charts(self) -> pd.DataFrame:
        """Replicate x market (ALL: the chart of all markets): what songs did on the weekly charts of the run."""
        return self.frame("charts")

    @property
    def songs(self) -> pd.DataFrame:
        """Replicate x market x song that was on the weekly chart: its entry, peak, life, weeks at number one, climb."""
        return self.frame("songs")

    @property
    def ledger(self) -> pd.DataFrame:
        """Month x payment."""
        return self.frame("ledger")

    @property
    def actions(self) -> pd.DataFrame:
        """Replicate x month x thing that a strategy set; without rows where the scenario has no strategies."""
        return self.frame("actions")

    @property
    def talks(self) -> pd.DataFrame:
        """Replicate x talk about a licence; without rows where the scenario plans no talks."""
        return self.frame("talks")

    @property
    def start(self) -> pd.DataFrame:
        """Market x platform x tier: users wanted at the start, and those that the spin-up settled at."""
        return self.frame("start")

    def world(self, frame: str = "services") -> pd.DataFrame:
        """Return a table's totals over the run's markets: sums, and means weighted as declared."""
        return over_markets(frame, self.frame(frame), self.markets)

    def trace(
        self, column: str, *, market: str | None = None, platform: str | None = None, tier: str | None = None,
        full: bool = False,
    ) -> str:  # fmt: skip
        """Return in words where a column's numbers come from: columns, parameters and facts that it reads directly.

        market, platform, tier: show the rows of the start there: value, 80% band, confidence, basis and fact ids.
        full: list everything that stands behind. Errors: InputError for an unknown column or place.
        """
        return trace(
            column, card=self.card, provenance=self.provenance, market=market or "", platform=platform or "",
            tier=tier or "", full=full,
        )  # fmt: skip

    def origin(self, column: str, *, where: Mapping[str, str] | None = None, date: str = "") -> Origin:
        """Return where a column's numbers come from as plain values: runs, parameters, rows of the start, facts.

        where: market, platform, tier, label; date: last month whose events count. Errors: InputError as for `trace`.
        """
        from model.results.origin import origin_of

        return origin_of(column, card=self.card, provenance=self.provenance, where=where, date=date)

    def summary(self) -> pd.DataFrame:
        """Return who listens, who pays and who earns at the opening, after 12 months and at the end."""
        return summary_rows(self)

    def summary_text(self, *, width: int = WIDE) -> str:
        """Return the summary as tables to read, with at most `width` signs in a line."""
        return summary_text(self, width=width)

    @cached_property
    def plot(self) -> Plots:
        """Figures of the result: shares, payers, revenue, label income, all markets at a glance, hits, TikTok."""
        from model.results.plots import Plots

        return Plots(self)

    def save(
        self, folder: str | Path, *, formats: Sequence[str] | None = None, figures: Mapping[str, bytes] | None = None
    ) -> Path:
        """Write all tables and a manifest to a folder, in place of an earlier result; returns the manifest's path.

        formats: of every table; by default Parquet and CSV, but Parquet only for flows and ledger, which are long.
        figures: PNG files to put beside, by file name. Errors: InputError, also for a folder of something else.
        """
        about = {
            "scenario": self.card.plain(), "provenance": self.provenance.plain(), "notices": list(self.notices),
            "seconds": {str(number): spent for number, spent in self.seconds.items()},
        }  # fmt: skip
        frames = {name: self.frame(name) for name in FRAMES}
        stamp = {"kind": "run", "scenario": self.card.name, **self.provenance.stamp()}
        figures = {name: stamped(picture, {**stamp, "figure": name}) for name, picture in (figures or {}).items()}
        beside = {"members": self.members, "fans": self.fans()} if self.provenance.carried else {}
        return stored.save_frames(
            Path(folder), frames, formats=formats, about=about, figures=figures, beside=beside
        )  # fmt: skip

    @classmethod
    def load(cls, folder: str | Path) -> RunResult:
        """Return a result that was saved. Errors: InputError for a missing, harmed or foreign folder."""
        place = Path(folder)
        manifest = stored.load_manifest(place)
        try:
            card = ScenarioCard.from_plain(manifest["scenario"])
            provenance = Provenance.from_plain(manifest["provenance"])
            seconds = {int(number): float(spent) for number, spent in manifest["seconds"].items()}
            notices = tuple(str(notice) for notice in manifest["notices"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            where = str(place / stored.MANIFEST)
            raise InputError(Fault(where, "tells scenario and provenance", str(error), stored.AGAIN)) from error
        frames = stored.load_frames(place, manifest)
        return cls(card, provenance=provenance, frames=frames, notices=notices, seconds=seconds)

    @cached_property
    def _basis(self) -> Basis:
        start = load_start(self.card.start)
        return Basis(
            start_month=parse_month(self.card.start),
            family_size=self.card.parameter("family_size"),
            repertoire={code: {label: cell.share for label, cell in start.markets[code].repertoire.items()}
                        for code in self.card.markets},
            later=frozenset() if self.scenario is None else _later(self.scenario),
        )  # fmt: skip

    def _repr_html_(self) -> str:
        from model.results.run_card import run_html

        return run_html(self)

    def __repr__(self) -> str:
        return (
            f"<RunResult {self.card.name}: {len(self.card.markets)} markets, {self.card.months} months, "
            f"{len(self.provenance.run_ids)} replicate(s)>"
        )


def _later(scenario: Scenario) -> frozenset[tuple[str, str, str]]:
    """Return (market, service, tier) of the offers that open in the run."""
    return frozenset((offer.market, offer.service, offer.tier) for offer in scenario.new_offers)
