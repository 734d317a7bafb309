"""What a renewal wave found, as tables: by licence, label, platform and market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from model.experiments.wave.answers import Answers
from model.experiments.wave.lives import Floats, WaveMarket
from model.experiments.wave.network import Renewed
from model.experiments.wave.request import WaveRequest
from model.facts.records import ROLLING
from model.foundation.months import show_month
from model.state.ledger import LOCAL_LABELS

Solution = Literal["nash_in_nash", "nash"]
BAND = (0.05, 0.95)
MONEY = ["present", "nash", "nash_in_nash", "surplus", "platform_gain", "label_gain"]


@dataclass(frozen=True, slots=True, eq=False)
class PricedMarket:
    """One market of a wave. weights: (P, L) of the labels. answers: payments that answer each other. renewed: the
    network after renewals.
    """

    lives: WaveMarket
    weights: Floats
    answers: Answers
    renewed: Renewed


@dataclass(frozen=True, slots=True, eq=False)
class RenewalWave:
    """All licences of a wave, priced. Money is USD a month, the mean over the term and over draws.

    draws: value of each uncertain parameter by draw. solution: the payments that `payment` means. seconds: wall time.
    """

    request: WaveRequest
    markets: tuple[PricedMarket, ...]
    draws: pd.DataFrame
    solution: Solution
    seconds: float

    def licences(self) -> pd.DataFrame:
        """Return one row per market, platform and label.

        in_force: before the wave; renewed: after it, in order of expiry. expires: last month by the record. weight: the
        label's. platform_gain: before it pays the label; label_gain: elsewhere (negative: it loses there). surplus:
        their sum, with its 90% band over draws; refused: share of draws in which it is negative. present: what present
        terms pay. nash: payment if others stay on present terms (nan without a surplus). nash_in_nash: if all answer
        each other (nan where it has no price). factor: the solution's payment over the present one.
        """
        found = pd.concat([_rows(market) for market in self.markets], ignore_index=True)
        found["payment"] = found[self.solution]
        found["factor"] = found["payment"] / found["present"].where(found["present"] > 0.0)
        return found

    def pairs(self) -> pd.DataFrame:
        """Return by platform and label the sums over markets, the number of licences in force and of those refused.

        factor: payments over present ones, where both sides would renew.
        """
        return self._sums(["platform", "label"])

    def by_label(self) -> pd.DataFrame:
        """Return by label the sums over its licences in force, and what it gains by market or for the world.

        by_market, for_world: its part of the surplus over no deal, if each market is its own licence or each platform
        signs for all markets or none; bundling: for_world less by_market (nan for labels that are other firms in each
        market).
        """
        table = self._sums(["label"])
        scopes = self.scopes().groupby("label")[["by_market", "for_world", "bundling"]].sum()
        return table.join(scopes)

    def by_platform(self) -> pd.DataFrame:
        """Return by platform the sums over its licences in force."""
        return self._sums(["platform"])

    def scopes(self) -> pd.DataFrame:
        """Return by label and platform the label's gain by market and for the world, and what bundling brings it."""
        rows = self.licences()
        held = rows[rows["in_force"] & ~rows["label"].isin(LOCAL_LABELS)]
        held = held.assign(by_market=held["weight"] * held["surplus"].clip(lower=0.0))
        sums = held.groupby(["label", "platform"]).agg(
            by_market=("by_market", "sum"), surplus=("surplus", "sum"), weight=("weight", "mean")
        )
        sums["for_world"] = sums["weight"] * sums["surplus"].clip(lower=0.0)
        sums["bundling"] = sums["for_world"] - sums["by_market"]
        return sums[["by_market", "for_world", "bundling"]].reset_index()

    def networks(self) -> pd.DataFrame:
        """Return by market: licences, those refused at first sight and after renewals in order of expiry, and how much
        the order decides (`orders_agree`: share of orders that lead to the most frequent network).
        """
        rows = []
        for priced in self.markets:
            lives, renewed = priced.lives, priced.renewed
            asked = lives.asked
            negative = _mean_surplus(lives) < 0.0
            rows.append({
                "market": lives.market, "licences": int((asked & lives.in_force).sum()),
                "refused_alone": int((asked & lives.in_force & negative).sum()),
                "dropped": int((asked & lives.in_force & ~renewed.links).sum()),
                "taken_up": int((asked & ~lives.in_force & renewed.links).sum()),
                "settled": renewed.settled, "networks_reached": len(renewed.effect.shares),
                "orders_agree": float(renewed.effect.shares[0]), "networks_lived": renewed.forks,
                "spectral_radius": priced.answers.spectral_radius,
            })  # fmt: skip
        return pd.DataFrame(rows)

    def _sums(self, keys: list[str]) -> pd.DataFrame:
        rows = self.licences()
        held = rows[rows["in_force"]]
        table = held.groupby(keys)[MONEY].sum()
        table["licences"] = held.groupby(keys).size()
        table["refused"] = held["surplus"].lt(0.0).groupby([held[key] for key in keys]).sum()
        priced = held[held[self.solution].notna()].groupby(keys)[[self.solution, "present"]].sum()
        table["factor"] = priced[self.solution] / priced["present"].where(priced["present"] > 0.0)
        return table.sort_values("present", ascending=False)


def _mean_surplus(lives: WaveMarket) -> Floats:
    platform, label, _ = lives.gains()
    total: Floats = (platform + label).mean(axis=0)
    return total


def _rows(priced: PricedMarket) -> pd.DataFrame:
    lives = priced.lives
    p, label = np.nonzero(lives.asked)
    of_platform, of_label, present = (gain[:, p, label] for gain in lives.gains())
    surplus = of_platform + of_label
    low, high = np.quantile(surplus, BAND, axis=0)
    weight, mean = priced.weights[p, label], surplus.mean(axis=0)
    nash = np.where(mean >= 0.0, weight * mean - of_label.mean(axis=0), np.nan)
    return pd.DataFrame({
        "market": lives.market, "platform": np.array(lives.platforms)[p], "label": np.array(lives.labels)[label],
        "in_force": lives.in_force[p, label], "renewed": priced.renewed.links[p, label],
        "expires": [_shown(month) for month in lives.expires[p, label].tolist()], "weight": weight,
        "platform_gain": of_platform.mean(axis=0), "label_gain": of_label.mean(axis=0), "surplus": mean,
        "surplus_low": low, "surplus_high": high, "refused": (surplus < 0.0).mean(axis=0),
        "present": present.mean(axis=0), "nash": nash, "nash_in_nash": priced.answers.payments[p, label],
    })  # fmt: skip


def _shown(month: int) -> str:
    return "rolling" if month >= ROLLING else show_month(month)
