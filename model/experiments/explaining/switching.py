"""Why people switched: what changed between two months, or between two scenarios, for those who chose differently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from model.experiments.explaining.moments import INCOMES, Pair
from model.experiments.explaining.waterfall import Fall, Step, waterfall
from model.experiments.explaining.worth import worth_change
from model.foundation.errors import Fault, InputError, nearest
from model.results.palette import name_of
from model.state.users import AGE_BANDS

Floats = NDArray[np.float64]
BY = ("market", "age", "income")
TOTAL = "total"
WHO = ("everybody", "switchers")
ORDER = {"age": AGE_BANDS, "income": INCOMES}
DRIVERS = ("price", "catalogue", "integration", "ads", "limits", "podcasts", "peers", "habit", "quality", "awareness",
           "access", "offers", "nesting")  # fmt: skip
"""Drivers in the order they are shown; those after quality change what may be taken, not what it is worth."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked. first, second: the moments in words. leaving, joining: services, None for any. sample: users per
    market whose inclusive values are worked out.
    """

    scenario: str
    first: str
    second: str
    leaving: str | None
    joining: str | None
    sample: int


class Switching:
    """Who switched and why. pairs: each market at both moments, with all users who are there at both."""

    def __init__(self, question: Question, pairs: Sequence[Pair]) -> None:
        self.question = question
        self.pairs = tuple(pairs)

    def switches(self, by: str | Sequence[str] = "age") -> pd.DataFrame:
        """Return who switched, by segment.

        users: simulated; people: they stand for; part: of the segment's people who could have (who held what is left);
        knew, could_take: part of the switchers who knew what they chose, and who might have taken it, at the first
        moment already; still_there: part who might still take what they left.
        """
        keys, rows = _keys(by), self._switched
        table = _means(rows, keys, ["knew", "could_take", "still_there"])
        held = _means(self._held, keys, []).rename(columns={"people": "held"}).drop(columns="users")
        table = table.merge(held, on=keys, how="left") if keys else table.assign(held=held["held"].to_numpy())
        table.insert(len(keys) + 2, "part", table["people"] / table.pop("held"))
        return _sorted(table, keys)

    def advantage(self, by: str | Sequence[str] = "age") -> pd.DataFrame:
        """Return, for those who switched, by how much the chosen offer is ahead of the left one, by driver.

        In logit units, means over switchers: before, after and change = after - before, which is of_chosen - of_left,
        the changes of either offer's own part. The drivers add up to the row "total".
        """
        return self._split(by, self._switched, ("before", "after", "change", "of_chosen", "of_left"))

    def worth(self, by: str | Sequence[str] = "age", *, who: str = "everybody") -> pd.DataFrame:
        """Return what the change of the inclusive value is made of, by driver, for everybody or for the switchers.

        In logit units, means over the users of a segment: change by driver, and before and after in the row "total".
        Beside the parts of the utility: awareness, access and offers are what users know, can prove or pay, and what
        is open. See `model.experiments.explaining.worth`. Errors: InputError.
        """
        if who not in WHO:
            raise InputError(Fault("worth: who", f"is {' or '.join(WHO)}", who, nearest(who, list(WHO))))
        rows = self._worth if who == "everybody" else self._worth_of_switchers
        return self._split(by, rows, ("before", "after", "change"))

    def figure(
        self, *, by: str | None = "age", measure: str = "advantage", segments: Sequence[str] | None = None
    ) -> Figure:
        """Return a waterfall per segment: from before to after, a step per driver. measure: advantage or worth.

        by: None for one waterfall of everybody. segments: only these. Errors: InputError.
        """
        if measure not in ("advantage", "worth"):
            way = nearest(measure, ["advantage", "worth"])
            raise InputError(Fault("figure: measure", "is advantage or worth", measure, way))
        table = (self.advantage if measure == "advantage" else self.worth)(by or ())
        table = table.assign(segment=table[by] if by else "everybody")
        known = list(dict.fromkeys(table["segment"]))
        for one in segments or ():
            if one not in known:
                raise InputError(Fault("figure: segments", "is a segment with switchers", one, nearest(one, known)))
        steps = table[table["driver"] != TOTAL].groupby("driver")["change"].agg(lambda values: values.abs().max())
        shown = [driver for driver in DRIVERS if steps.get(driver, 0.0) > 0.0]
        falls = [self._fall(table[table["segment"] == one], shown) for one in segments or known]
        asked = self.question
        what = (
            f"Advantage of the chosen offer over the one left, {self._who}" if measure == "advantage"
            else "What all offers are worth to a user (inclusive value)"
        )  # fmt: skip
        return waterfall(
            falls, title="Why people switched" if measure == "advantage" else "What changed for users",
            subtitle=f"{what}; {asked.first} to {asked.second}, {asked.scenario}", unit="logit units",
        )  # fmt: skip

    @property
    def _who(self) -> str:
        one, other = (
            name_of(name) if name else "any service" for name in (self.question.leaving, self.question.joining)
        )
        return f"from {one} to {other}"

    def _fall(self, rows: pd.DataFrame, drivers: Sequence[str]) -> Fall:
        change = dict(zip(rows["driver"], rows["change"].astype(float), strict=True))
        steps = tuple(Step(driver, change.get(driver, 0.0)) for driver in drivers)
        (whole,) = rows[rows["driver"] == TOTAL].to_dict("records")
        title = f"{whole['segment']}: {whole['people'] / 1e6:.3g} M people"
        return Fall(title, float(whole["before"]), steps, "before", "after")

    def _split(self, by: str | Sequence[str], rows: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
        """Return segment x driver from columns named (column, driver)."""
        keys = _keys(by)
        wanted = [name for name in rows.columns if "|" in name and name.split("|")[0] in columns]
        means = _sorted(_means(rows, keys, wanted), keys)
        drivers = [one for one in (*DRIVERS, TOTAL) if f"change|{one}" in rows.columns]
        pieces = []
        for driver in drivers:
            piece = means[[*keys, "users", "people"]].copy()
            piece.insert(len(keys), "driver", driver)
            for at, column in enumerate(columns):
                value = means.get(f"{column}|{driver}")
                piece.insert(len(keys) + 1 + at, column, np.nan if value is None else value)
            pieces.append(piece)
        table = pd.concat(pieces, ignore_index=True)
        if not keys:
            return table
        order = [tuple(row) for row in means[keys].itertuples(index=False)]
        place = {key: at for at, key in enumerate(order)}
        rank = [place[tuple(row)] for row in table[keys].itertuples(index=False)]
        return table.assign(_at=rank).sort_values("_at", kind="stable").drop(columns="_at").reset_index(drop=True)

    @cached_property
    def _held(self) -> pd.DataFrame:
        """Return every user who held what might be left."""
        return pd.concat([
            pair.segments().assign(weight=pair.weight)[self._leaves(pair)] for pair in self.pairs
        ], ignore_index=True)  # fmt: skip

    def _leaves(self, pair: Pair) -> NDArray[np.bool_]:
        return _matches(pair.first.platform_of(pair.first_at), pair.first.country.platforms, self.question.leaving)

    @cached_property
    def _switched(self) -> pd.DataFrame:
        """Return one row per switcher: segments, flags, and advantage by driver before and after."""
        found = pd.concat([_advantages(pair.taken(self._switchers(pair))) for pair in self.pairs], ignore_index=True)
        if not len(found):
            rule = f"somebody switches {self._who} between {self.question.first} and {self.question.second}"
            way = "Take other services, a longer time, or more users."
            raise InputError(Fault("why_switched", rule, "nobody", way))
        return found

    def _switchers(self, pair: Pair) -> NDArray[np.bool_]:
        one, other = pair.first.platform_of(pair.first_at), pair.second.platform_of(pair.second_at)
        joins = _matches(other, pair.second.country.platforms, self.question.joining)
        found: NDArray[np.bool_] = self._leaves(pair) & joins & (one != other)
        return found

    @cached_property
    def _worth(self) -> pd.DataFrame:
        """Return one row per user of the sample: segments, and the change of the inclusive value by driver."""
        sample = self.question.sample
        return _worths([pair.taken(np.arange(min(len(pair), sample))) for pair in self.pairs],
                       [pair.weight * len(pair) / max(1, min(len(pair), sample)) for pair in self.pairs])  # fmt: skip

    @cached_property
    def _worth_of_switchers(self) -> pd.DataFrame:
        """Return the same for every switcher."""
        assert len(self._switched)
        pairs = [pair.taken(self._switchers(pair)) for pair in self.pairs]
        kept = [pair for pair in pairs if len(pair)]
        return _worths(kept, [pair.weight for pair in kept])


def _worths(pairs: Sequence[Pair], weights: Sequence[float]) -> pd.DataFrame:
    """Return one row per user: segments, and the change of the inclusive value by driver. weights: people per user."""
    pieces = []
    for pair, weight in zip(pairs, weights, strict=True):
        before, after, parts = worth_change(pair)
        columns = {f"change|{name}": part for name, part in parts.items()}
        columns |= {"before|total": before, "after|total": after, "change|total": after - before}
        pieces.append(pair.segments().assign(weight=weight, **columns))
    return pd.concat(pieces, ignore_index=True).fillna(0.0)


def _matches(platform: NDArray[np.int64], platforms: Sequence[str], wanted: str | None) -> NDArray[np.bool_]:
    """Return whether a platform is the wanted one; None is any service, "outside" none."""
    if wanted is None:
        return platform >= 0
    if wanted == "outside":
        return platform < 0
    found: NDArray[np.bool_] = platform == (platforms.index(wanted) if wanted in platforms else -2)
    return found


def _advantages(pair: Pair) -> pd.DataFrame:
    """Return one row per switcher of a pair, all of whom switched."""
    rows = np.arange(len(pair))
    left = pair.first.country.users.main[pair.first_at].astype(np.int64)
    chosen = pair.second.country.users.main[pair.second_at].astype(np.int64)
    could, can = pair.first.may(pair.first_at), pair.second.may(pair.second_at)
    columns: dict[str, Floats] = {
        "knew": could["awareness"][rows, chosen].astype(np.float64),
        "could_take": np.logical_and.reduce([one[rows, chosen] for one in could.values()]).astype(np.float64),
        "still_there": np.logical_and.reduce([one[rows, left] for one in can.values()]).astype(np.float64),
    }
    one, other = pair.parts()
    for name in one:
        old, new = one[name], other[name]
        columns[f"before|{name}"] = old[rows, chosen] - old[rows, left]
        columns[f"after|{name}"] = new[rows, chosen] - new[rows, left]
        columns[f"of_chosen|{name}"] = new[rows, chosen] - old[rows, chosen]
        columns[f"of_left|{name}"] = new[rows, left] - old[rows, left]
        columns[f"change|{name}"] = columns[f"after|{name}"] - columns[f"before|{name}"]
    totals = _utilities(one, rows, chosen, left), _utilities(other, rows, chosen, left)
    columns["before|total"], columns["after|total"] = (total[0] - total[1] for total in totals)
    columns["of_chosen|total"], columns["of_left|total"] = (totals[1][at] - totals[0][at] for at in (0, 1))
    columns["change|total"] = columns["after|total"] - columns["before|total"]
    return pair.segments().assign(weight=pair.weight, **columns)


def _utilities(
    parts: dict[str, Floats], rows: NDArray[np.int64], chosen: NDArray[np.int64], left: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return the whole utility of the chosen and of the left option, worked out before it is taken apart."""
    whole: Floats = np.sum(list(parts.values()), axis=0)
    return whole[rows, chosen], whole[rows, left]


def _keys(by: str | Sequence[str]) -> list[str]:
    keys = [by] if isinstance(by, str) else list(by)
    for key in keys:
        if key not in BY:
            raise InputError(Fault("by", f"is one or more of {', '.join(BY)}", key, nearest(key, list(BY))))
    return list(dict.fromkeys(keys))


def _means(rows: pd.DataFrame, keys: list[str], columns: Sequence[str]) -> pd.DataFrame:
    """Return segment, users, people and weighted means of columns."""
    weighted = rows[list(columns)].mul(rows["weight"], axis=0)
    wide = pd.concat([rows[keys], weighted], axis=1).assign(users=1, people=rows["weight"])
    if keys:
        sums = wide.groupby(keys, sort=False).sum().reset_index()
    else:
        sums = wide.sum().to_frame().T
    sums[list(columns)] = sums[list(columns)].div(sums["people"], axis=0)
    return sums[[*keys, "users", "people", *columns]].astype({"users": int, "people": float})


def _sorted(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return rows in the order of segments: markets as they come, age and income from low to high."""
    if not keys:
        return table.reset_index(drop=True)
    order: Callable[[pd.Series[str]], pd.Series[int]] = lambda column: column.map(  # noqa: E731
        {name: at for at, name in enumerate(ORDER.get(str(column.name), tuple(dict.fromkeys(column))))}
    )
    return table.sort_values(list(keys), key=order, kind="stable").reset_index(drop=True)
