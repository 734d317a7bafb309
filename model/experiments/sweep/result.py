"""What came out of a sweep: points, outcomes, failures, questions in SQL, words, figures, all read from its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from model.experiments.comparing.outcomes import END, HORIZON, WORLD, Outcome
from model.experiments.sweep.long_view import NAME as LONG
from model.experiments.sweep.long_view import long_view, quoted
from model.experiments.sweep.points import DESIGNS
from model.experiments.sweep.store import SweepStore
from model.foundation.errors import Fault, InputError, nearest
from model.foundation.plain import fitting
from model.results.card import ScenarioCard
from model.results.measures import FRAMES
from model.results.provenance import Provenance

if TYPE_CHECKING:
    from model.experiments.sweep.plots import SweepPlots

KEYS = ["point", "policy", "replicate"]
OUTCOMES, SERIES, RUNS = "outcomes", "series", "runs"
"""Tables of the store: outcomes by market and time, outcomes month by month, seconds of each run."""

_FORM = {
    "name": str, "design": str, "digest": str, "runs": int, "policies": [str], "outcomes": [[str]], "series": bool,
    "markets": [str], "replicates": int,
    "origins?": [{"name": str, "card": {str: object}, "provenance": {str: object}}],
    "inputs": [{"column": str, "kind": str, "unit": str, "label": str}],
    "provenance": {"model_version": str, "start": str, "start_digest": str, "seed": int,
                   "scenario_digests?": {str: str}, "versions?": {str: str}, "explanation?": str,
                   "ensemble?": ({"name": str, "digest": str, "parameters": [str], "held": [str]}, None)},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Input:
    """A column of the points. kind: "lever" or "uncertainty". unit: of its values. label: in words."""

    column: str
    kind: str
    unit: str
    label: str


class SweepResult:
    """A sweep in its folder, finished or not; nothing is read before it is asked for, and only what is asked for.

    folder: where it is kept. inputs: what the points move. policies: names. outcomes_kept: what was kept of each run.
    markets: of the runs. replicates: of each point and policy. design: of the points. planned: number of runs.
    provenance: model version, versions, digests, when it was made. origins: the scenario under the first policy with
    all that it rests on, see `model.experiments.identity`; empty in a folder that was written before it was kept.
    """

    def __init__(self, store: SweepStore) -> None:
        self._store = store
        about: Mapping[str, Any] = store.about["sweep"]  # type: ignore[assignment]
        self.folder = Path(store.folder)
        self.name, self.design, self.digest = str(about["name"]), str(about["design"]), str(about["digest"])
        self.inputs = tuple(Input(**one) for one in about["inputs"])
        self.policies = tuple(str(name) for name in about["policies"])
        self.outcomes_kept = {one.name: one for one in (Outcome(*cells) for cells in about["outcomes"])}
        self.markets = tuple(str(code) for code in about["markets"])
        self.replicates, self.planned = int(about["replicates"]), int(about["runs"])
        self.has_series = bool(about["series"])
        self.provenance: dict[str, Any] = dict(about["provenance"])
        self.origins: list[dict[str, Any]] = list(about.get("origins", ()))
        for table, columns in self._columns().items():
            store.expect(table, columns)
        store.show(LONG, long_view(self.outcomes_kept))

    @classmethod
    def open(cls, folder: str | Path) -> SweepResult:
        """Return the sweep of a folder, also while it still runs. Errors: InputError where there is none."""
        store = SweepStore.open(Path(folder))
        try:
            if "sweep" not in store.about:
                rule = "a folder of `sweep` is opened"
                raise InputError(Fault(str(folder), rule, "other runs", "Open it with what wrote it."))
            _check_form(store)
            return cls(store)
        except BaseException:
            store.close()
            raise

    @cached_property
    def points(self) -> pd.DataFrame:
        """Points of the design: a row each, a column per lever and uncertainty, indexed by point."""
        return self._store.points.set_index("point")

    @property
    def outcomes(self) -> pd.DataFrame:
        """Every outcome as a tidy table: point, policy, replicate, market (or "total"), over, outcome, value, unit.

        It has a row for each number that was kept; `table()` and `sql()` take less.
        """
        wide = self._store.frame(OUTCOMES).drop(columns="run_id")
        return self._tidy(wide, [*KEYS, "market", "over"])

    @property
    def series(self) -> pd.DataFrame:
        """Every outcome month by month as a tidy table. Errors: InputError where the sweep kept none."""
        if not self.has_series:
            way = "Run the sweep with series=True."
            raise InputError(Fault("series", "were kept month by month", "the horizon and the end only", way))
        return self._tidy(self._store.frame(SERIES).drop(columns="run_id"), [*KEYS, "market", "month"])

    @property
    def failures(self) -> pd.DataFrame:
        """Runs that failed: point, replicate, run_id, stage, message, attempts."""
        return self._store.failures()

    @property
    def done(self) -> int:
        """Number of finished runs."""
        return self._store.counts()[0]

    def bands(self, *, market: str = WORLD, over: str = HORIZON) -> pd.DataFrame:
        """Return policy x setting of the levers x outcome: quantiles over the members of the sweep's ensemble.

        Columns: q05, q25, median, q75, q95, and share_above: of members that lie above the first policy. Errors:
        InputError for a sweep without an ensemble.
        """
        from model.experiments.sweep.bands import bands_of

        self._check(market, over)
        return bands_of(self, market=market, over=over)

    def fans(self, *, market: str = WORLD) -> pd.DataFrame:
        """Return policy x setting x outcome x month: quantiles over the members of the sweep's ensemble.

        Errors: InputError for a sweep without an ensemble.
        """
        from model.experiments.sweep.bands import fans_of

        self._check(market, HORIZON)
        return fans_of(self, market=market)

    def sql(self, query: str) -> pd.DataFrame:
        """Return the answer to a query in DuckDB's SQL.

        Tables: `long` (run_id, point, replicate, policy, market, over, outcome, unit, value: a row per number),
        `points` (point and a column per input), `outcomes` (run_id, point, policy, replicate, market, over and a column
        per outcome, such as "resso.users"), `series` (month for over), `runs` (seconds of each), `failures`. Names with
        dots stand in double quotes. Errors: InputError for a query that cannot be answered, with names that are near.
        """
        return self._store.sql(query)

    def table(self, *outcomes: str, market: str = WORLD, over: str = HORIZON, mean: bool = False) -> pd.DataFrame:
        """Return inputs and outcomes side by side: a row per point, policy and replicate, in this order.

        outcomes: names (default: all that were kept). market: a code, or "total". over: "horizon" or "end". mean: over
        replicates, a row per point and policy, with the number of them in the column `runs`.
        """
        names = [self.outcome(one).name for one in outcomes] or list(self.outcomes_kept)
        self._check(market, over)
        columns = ", ".join(quoted(name) for name in names)
        if mean:
            columns = "count(*) AS runs, " + ", ".join(f"avg({quoted(name)}) AS {quoted(name)}" for name in names)
        keys = KEYS[:2] if mean else KEYS
        group = f" GROUP BY {', '.join(keys)}" if mean else ""
        rows = self.sql(
            f"SELECT {', '.join(keys)}, {columns} FROM outcomes WHERE market = '{market}' AND over = '{over}'{group}"
        )
        rows = rows.iloc[self._order(rows)].reset_index(drop=True)
        return rows.merge(self.points.reset_index(), on="point", how="left")[
            [*keys, *self.points.columns, *([] if not mean else ["runs"]), *names]
        ]

    def outcome(self, name: str) -> Outcome:
        """Return an outcome that was kept; InputError with the nearest name for another."""
        if name not in self.outcomes_kept:
            way = nearest(name, list(self.outcomes_kept))
            raise InputError(Fault("outcome", "is one that the sweep kept", name, way))
        return self.outcomes_kept[name]

    def input(self, column: str) -> Input:
        """Return an input of the points; InputError with the nearest name for another."""
        bare = column.removeprefix("parameters.")
        for one in self.inputs:
            if one.column == bare:
                return one
        raise InputError(Fault("input", "is one that the sweep moved", column,
                               nearest(bare, [one.column for one in self.inputs])))  # fmt: skip

    def policy(self, name: str) -> str:
        """Return the name of a policy; InputError with the nearest for another."""
        if name not in self.policies:
            raise InputError(Fault("policy", "is one of the sweep", name, nearest(name, self.policies)))
        return name

    def scenario_values(self, point: int) -> dict[str, object]:
        """Return what a point sets, by input."""
        return {str(name): value for name, value in self.points.loc[point].items()}

    def summary(self) -> str:
        """Return in words what was run, what came out under each policy, and which inputs move it most."""
        from model.experiments.sweep.words import summary_text

        return summary_text(self)

    @cached_property
    def plot(self) -> SweepPlots:
        """Pictures of the sweep: scatter and heat map; each returns its Axes."""
        from model.experiments.sweep.plots import SweepPlots

        return SweepPlots(self)

    def close(self) -> None:
        """Let go of the folder's files; what was read stays, nothing more can be asked."""
        self._store.close()

    def _columns(self) -> dict[str, dict[str, str]]:
        """Return the columns of each table and their kinds, which are known before any run is finished."""
        numbers = dict.fromkeys(self.outcomes_kept, "number")
        found = {
            OUTCOMES: {"policy": "text", "market": "text", "over": "text", **numbers},
            RUNS: {"policy": "text", "seconds": "number"},
        }
        if self.has_series:
            found[SERIES] = {"policy": "text", "market": "text", "month": "whole", **numbers}
        return found

    def _tidy(self, wide: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
        """Return a row per number, runs in the order of the sweep, of a run outcome by outcome."""
        names = list(self.outcomes_kept)
        wide = wide.iloc[self._order(wide)]
        times = [len(names)] * len(wide)
        long = wide[list(keys)].loc[wide.index.repeat(times)].reset_index(drop=True)
        long["outcome"] = np.tile(names, len(wide))
        long["value"] = wide[names].to_numpy(np.float64).ravel()
        over = long["over"] if "over" in long else pd.Series("month", index=long.index)
        units = {(name, when): one.unit(when) for name, one in self.outcomes_kept.items()
                 for when in (END, HORIZON, "month")}  # fmt: skip
        told = [units[key] for key in zip(long["outcome"], over, strict=True)]
        long["unit"] = pd.Series(told, index=long.index, dtype=long["outcome"].dtype)
        return long

    def _order(self, rows: pd.DataFrame) -> NDArray[np.int64]:
        """Return the places of rows in the order of the sweep: by point, policy, replicate."""
        policy = pd.Index(self.policies).get_indexer(pd.Index(rows["policy"]))
        keys = [policy, rows["point"].to_numpy()]
        if "replicate" in rows:
            keys.insert(0, rows["replicate"].to_numpy())
        order: NDArray[np.int64] = np.lexsort(keys)  # stable: the rows of a run stay as they were
        return order

    def _check(self, market: str, over: str) -> None:
        known = [*self.markets, WORLD]
        if market not in known:
            raise InputError(Fault("market", "is one of the sweep, or total", market, nearest(market, known)))
        if over not in (END, HORIZON):
            raise InputError(Fault("over", "is end or horizon", over, nearest(over, [END, HORIZON])))

    def _repr_html_(self) -> str:
        from model.experiments.sweep.words import summary_html

        return summary_html(self)

    def __repr__(self) -> str:
        return f"<SweepResult {self.name}: {self.done} of {self.planned} runs, {self.folder}>"


def _check_form(store: SweepStore) -> None:
    """Raise InputError where the words of a store are not those of a sweep."""
    about: Any = store.about["sweep"]
    try:
        fitting(about, _FORM, place="sweep")
        if not about["outcomes"] or not about["policies"]:
            raise ValueError("sweep.outcomes and sweep.policies are one or more")
        kinds = {one["kind"] for one in about["inputs"]}
        if about["design"] not in DESIGNS or not kinds <= {"lever", "uncertainty"}:
            raise ValueError("sweep.design and the kinds of sweep.inputs are known")
        for who, column, frame in about["outcomes"]:
            if column not in FRAMES.get(frame, ()):
                raise ValueError(f"sweep.outcomes are columns of results: {Outcome(who, column, frame).name}")
        lost = [one["column"] for one in about["inputs"] if one["column"] not in store.points]
        if lost or "point" not in store.points:
            raise ValueError(f"sweep.inputs are columns of its points: {', '.join(lost) or 'point'}")
        for one in about.get("origins", ()):
            ScenarioCard.from_plain(one["card"])
            Provenance.from_plain(one["provenance"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        rule, way = "holds the words of its sweep as they were written", "Put an unharmed copy in its place."
        raise InputError(Fault(str(store.folder), rule, str(error), way)) from error


def open_sweep(folder: str | Path) -> SweepResult:
    """Return the sweep that is kept in a folder, finished or not. Errors: InputError where there is none."""
    return SweepResult.open(folder)
