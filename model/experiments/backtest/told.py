"""What a backtest came to, small enough to be shipped: the page, the document and reports read it from one file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from model.experiments.backtest.scoring import Chance, chance_of
from model.experiments.backtest.series import Window
from model.foundation.errors import Fault, InputError
from model.foundation.files import read_text, write_text_whole
from model.foundation.plain import fitting

NAME = "told.json"
STORED = Path(__file__).resolve().parent / NAME
KIND, FORMAT = "resonance backtest told", 1
COMMAND = "resonance backtest"
Standing = Literal["calibrated", "not calibrated", "no forecast"]
_TABLES = ("series", "coverage", "horizons")


@dataclass(frozen=True, eq=False)
class Told:
    """What a backtest came to.

    made: how the ensemble came about: name, method, window of the outcomes that it saw where it saw any. members,
    worth: how many forecast, and how many of equal weight they are worth. users: simulated ones a market.
    model_version, lived_version: of the package, and of the code that lives pass through ("" where none was kept).
    series, coverage, horizons: tables as of `Backtest`. notices: what was left out or taken over.
    """

    window: Window
    made: Mapping[str, object]
    members: int
    worth: float
    users: int
    markets: int
    scenario_digest: str
    model_version: str
    lived_version: str
    series: pd.DataFrame
    coverage: pd.DataFrame
    horizons: pd.DataFrame
    notices: tuple[str, ...]

    @property
    def chance(self) -> Chance:
        """Wins, and what chance alone would give."""
        return chance_of(self.series)

    @property
    def last_seen(self) -> str:
        """The last month of the outcomes that the ensemble saw, "" where it says of none."""
        window = self.made.get("window")
        return str(window[-1]) if isinstance(window, list | tuple) and window else ""

    @property
    def standing(self) -> Standing:
        """Whether the numbers are a forecast of calibrated members, of members without calibration, or none at all."""
        if not self.last_seen:
            return "not calibrated"
        return "no forecast" if self.last_seen > self.window.train_until else "calibrated"

    @property
    def current(self) -> bool:
        """Whether the members lived by code and facts that are still those of this package."""
        from model.experiments.calibration.lives import lived_version

        return self.lived_version == lived_version()

    @property
    def won(self) -> pd.DataFrame:
        """Rows of the series that the model won, the best first."""
        return self._ordered(won=True)

    @property
    def lost(self) -> pd.DataFrame:
        """Rows of the series that a naive rule won, the best first."""
        return self._ordered(won=False)

    def _ordered(self, *, won: bool) -> pd.DataFrame:
        own = self.series[self.series["won"] == won]
        return own.sort_values("skill", ascending=False, kind="stable")

    def text(self) -> str:
        """Return it as the text of a file, JSON."""
        plain: dict[str, object] = {
            "kind": KIND, "format": FORMAT,
            "window": [self.window.train_until, self.window.test_until], "made": dict(self.made),
            "members": self.members, "worth": self.worth, "users": self.users, "markets": self.markets,
            "scenario_digest": self.scenario_digest, "model_version": self.model_version,
            "lived_version": self.lived_version, "notices": list(self.notices),
            **{name: _rows(getattr(self, name)) for name in _TABLES},
        }  # fmt: skip
        return json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def save(self, path: Path = STORED) -> Path:
        """Write it to a file, by default the package's own; return its path."""
        write_text_whole(path, self.text())
        return path


def read_told(path: Path = STORED) -> Told:
    """Return what a file tells, by default the package's own. Errors: InputError for one that is harmed."""
    try:
        given = json.loads(read_text(path, what="what a backtest came to"))
        if given["kind"] != KIND or given["format"] != FORMAT:
            raise ValueError(f"kind {given['kind']!r}, format {given['format']!r}")
        for name in _TABLES:
            fitting(given[name], {"rows": [[object]], "columns": [str]}, place=name)
            if any(len(row) != len(given[name]["columns"]) for row in given[name]["rows"]):
                raise ValueError(f"{name} has rows as long as its columns")
        tables = {name: pd.DataFrame(given[name]["rows"], columns=given[name]["columns"]) for name in _TABLES}
        return Told(
            window=Window.of(*given["window"]), made=dict(given["made"]), members=int(given["members"]),
            worth=float(given["worth"]), users=int(given["users"]), markets=int(given["markets"]),
            scenario_digest=str(given["scenario_digest"]), model_version=str(given["model_version"]),
            lived_version=str(given["lived_version"]), notices=tuple(map(str, given["notices"])), **tables,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        rule = "holds what a backtest came to"
        raise InputError(Fault(path.name, rule, str(error), f"Make it with `{COMMAND} --out DIR`.")) from error


def told_in(folder: Path) -> dict[str, Path]:
    """Return the backtests among the folders of a folder, as of the results: their files by name of the folder."""
    there = sorted(folder.glob(f"*/{NAME}")) if folder.is_dir() else []
    return {path.parent.name: path for path in there}


def _rows(table: pd.DataFrame) -> dict[str, object]:
    """Return a table as plain values, a row a list; a number that is none is null."""
    rows: list[list[Any]] = table.astype(object).to_numpy().tolist()
    return {
        "columns": list(map(str, table.columns)),
        "rows": [[None if isinstance(one, float) and math.isnan(one) else one for one in row] for row in rows],
    }
