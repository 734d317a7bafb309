"""Futures of one licence: the world lived on with the label on the service, and without it.

All are decision forks of the same month, on the same random numbers that nobody will meet, so their difference is the
licence and nothing else. Each draw of the table takes other numbers and another value of the uncertain parameters.

A licence for clips is worth to a label what it believes promotion to do: without its clips the world is lived at two
promotional pulls too, and what a side believes lies on the straight line through them. Listening with all clips in
place does not depend on the pull, and TikTok's income never does, so a streaming licence needs no beliefs.

Minimum guarantees are in neither arm: they belong to the terms that are bargained over, and a term sheet adds its own.
Marketing is a budget of the start, the same in both arms: users lost without the licence do not lower it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from model.experiments.deals.draws import belief_draws, uncertain_draws
from model.experiments.deals.request import DealRequest
from model.experiments.deals.rows import base_rows, future_rows
from model.experiments.ensembles.members import Members
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.valuing import PROBE, least_with_precedent, most_under_clauses
from model.market.world import World
from model.results.carried import Carried
from model.spec.parameters import Parameters, declared_parameters
from model.state.favoured import favoured_labels

Progress = Callable[[str, int, int], None]
DEAL, NO_DEAL, NO_PULL, PROBED = "deal", "no deal", "no deal, no pull", "no deal, pull tried"
_ARMS: Mapping[str, tuple[float, float | None]] = {
    DEAL: (1.0, None), NO_DEAL: (0.0, None), NO_PULL: (0.0, 0.0), PROBED: (0.0, PROBE),
}  # fmt: skip
"""By arm: whether the licence is in force, and the promotional pull it is lived at (None: the scenario's)."""


@dataclass(frozen=True, slots=True)
class DealFutures:
    """What both sides would have in each draw, month and market, with the licence and without it.

    months: one row per draw, arm, month (1 is the first month of the licence) and market; its columns are those of
    `rows.future_rows`. Arms: "deal" and "no deal"; for clips also "no deal, no pull" and "no deal, pull tried", at a
    promotional pull of 0 and of PROBE. base: royalty bases of the deal arm per draw, month, market and tier (streaming
    alone): usage share, net revenue, subscriptions, streams. draws: value of each uncertain parameter, and of both
    sides' beliefs about `promotion_pull`; under an ensemble also the replicate, the member and its own values.
    licensed: whether the label's music is there at the beginning. carried: the ensemble whose members the draws are,
    None without one.
    """

    request: DealRequest
    months: pd.DataFrame
    base: pd.DataFrame
    draws: pd.DataFrame
    licensed: bool
    carried: Carried | None = None

    def parameters_of(self, draw: int) -> Parameters:
        """Return the parameters of a draw: the scenario's, with the values that are the draw's own."""
        own = [str(name) for name in self.draws if name in declared_parameters()]
        values = {name: float(self.draws[name].to_numpy(np.float64)[draw]) for name in own}
        return self.request.plan.parameters.replace(values) if values else self.request.plan.parameters

    def _of_draws(self, name: str) -> pd.Series[float]:
        """Return the value of a parameter by draw."""
        if name in self.draws:
            return self.draws[name]
        return pd.Series(self.request.plan.parameters[name], index=self.draws.index)

    def means(self) -> pd.DataFrame:
        """Return by draw and arm the sum over markets, mean over months: people, hours, and USD per month."""
        sums = self.months.groupby(["draw", "arm", "month"], observed=True)[_SUMS].sum()
        means: pd.DataFrame = sums.groupby(["draw", "arm"], observed=True).mean()
        return means

    def lines(self) -> pd.DataFrame:
        """Return by draw what the licence is worth as straight lines in a belief b about promotion, USD per month.

        most + most_slope b: the platform's profit with less without; for streaming as the clauses of other labels bend
        it, to which a raise above present terms passes on. least + least_slope b: the label's income from
        other services without less with, so that it is the least it accepts; for streaming with what it fears a cut
        below present terms to cost it there (`precedent`). present: what present terms pay.

        Both are where a gain is 0; away from there it is bent. brings, lost: what the licence brings the platform and
        what the label loses elsewhere by it (in b as `most` and `least`), before clauses and precedent. pass_on: part
        of a raise above present terms that goes to others by their clauses. cut_all: what a cut of everything would
        cost the label elsewhere by precedent; a smaller cut costs in proportion.
        """
        means = self.means()
        with_it, without = means.xs(DEAL, level="arm"), means.xs(NO_DEAL, level="arm")
        table = pd.DataFrame({"most": with_it["profit"] - without["profit"], "most_slope": 0.0})
        if self.request.kind == "clips":  # hours that TikTok would lose, at what it counts an hour to be worth
            lost = 1.0 - without["hours"] / with_it["hours"]
            table["most"] = self._of_draws("tiktok_hour_worth") * with_it["revenue"] * lost
            without, tried = means.xs(NO_PULL, level="arm"), means.xs(PROBED, level="arm")
            table["least_slope"] = (tried["elsewhere"] - without["elsewhere"]) / PROBE
        else:
            table["least_slope"] = 0.0
        table["least"] = without["elsewhere"] - with_it["elsewhere"]
        table["present"] = with_it["paid"]
        table["brings"], table["lost"] = table["most"], table["least"]
        table["pass_on"], table["cut_all"] = 0.0, 0.0
        if self.request.kind == "streaming":
            paid, precedent = table["present"] > 0.0, self._of_draws("precedent")
            income = with_it["elsewhere"] - with_it["video"]
            table["pass_on"] = (with_it["favoured"] / table["present"].where(paid)).fillna(0.0)
            table["cut_all"] = (precedent * income).where(paid, 0.0)
            table["most"] = [
                most_under_clauses(most, present=present, pass_on=follows)
                for most, present, follows in zip(table["brings"], table["present"], table["pass_on"], strict=True)
            ]
            table["least"] = [
                least_with_precedent(lost, present=present, income=earned, precedent=held)
                for lost, present, earned, held in zip(
                    table["lost"], table["present"], income, precedent.loc[table.index], strict=True
                )
            ]
        return table

    def gains(self) -> pd.DataFrame:
        """Return by draw what the licence is worth to each side, as it believes, before it is paid for, USD per month.

        platform: the most it pays: its profit with less without, bent by clauses (`lines`). label: its income from
        other services with less without (below 0 where listeners go to services that pay it, above where promotion
        brings more). surplus: their sum.
        """
        lines = self.lines()
        gains = pd.DataFrame({
            "platform": lines["most"] + lines["most_slope"] * self.draws["belief_platform"],
            "label": -lines["least"] - lines["least_slope"] * self.draws["belief_label"],
        })  # fmt: skip
        gains["surplus"] = gains["platform"] + gains["label"]
        return gains


_SUMS = ["users", "payers", "hours", "revenue", "profit", "paid", "favoured", "elsewhere", "video"]


class DealStopped(KeyboardInterrupt):
    """The user stopped a deal room. futures: of the draws that were finished, None if there was none."""

    def __init__(self, futures: DealFutures | None) -> None:
        super().__init__("stopped")
        self.futures = futures


def deal_futures(
    request: DealRequest, *, starts: StartStore | None = None, progress: Progress | None = None,
    members: Members | None = None, world: World | None = None, each_month: Callable[[], None] | None = None,
    each_draw: Callable[[DealFutures], None] | None = None,
) -> DealFutures:  # fmt: skip
    """Live every draw's futures and return them. progress: called with ("draws", done, whole).

    members: of an ensemble, one for each draw. world: of a run that goes on, in the month before the licence; all
    draws begin with it then, and it stays as it is. each_month: called before every month of a future; what it raises
    ends the work. each_draw: called after every draw with what is there. Errors: DealStopped, with the draws that were
    finished.
    """
    tell: Progress = progress or _say_nothing
    living = _Living(request, starts or StartStore.default(), members, world, each_month or _say_nothing)
    try:
        for draw in range(request.draws):
            tell("draws", draw, request.draws)
            living.live(draw)
            if each_draw is not None:
                each_draw(living.futures())
        tell("draws", request.draws, request.draws)
    except KeyboardInterrupt as stop:
        raise DealStopped(living.futures() if living.done else None) from stop
    return living.futures()


class _Living:
    """The draws of a deal room, lived one after the other; a draw counts when all its arms are lived."""

    def __init__(
        self, request: DealRequest, starts: StartStore, members: Members | None, world: World | None,
        each_month: Callable[[], None],
    ) -> None:  # fmt: skip
        self.request, self.starts, self.members = request, starts, members
        self.world, self.each_month = world, each_month
        self.values = uncertain_draws(request.plan.seed, names=request.uncertain, draws=request.draws)
        self.arms = [arm for arm in _ARMS if request.kind == "clips" or arm in (DEAL, NO_DEAL)]
        self.months: list[pd.DataFrame] = []
        self.base: list[pd.DataFrame] = []
        self.licensed, self.done = True, 0

    def live(self, draw: int) -> None:
        """Live the month before the licence, and from there the futures with and without it."""
        request = self.request
        world, future, markets = self._begun(draw)
        licensed = _licensed(request, world)
        favoured = _favoured(request, world)
        months, base = [], []
        for arm in self.arms:
            on, pull = _ARMS[arm]
            overrides: dict[str, object] = {f"parameters.{name}": one for name, one in self.values.loc[draw].items()}
            if pull is not None:
                overrides["parameters.promotion_pull"] = pull
            fork = world.fork(
                overrides=overrides, settings=request.pair.cells(on), users=request.users, draws="decision",
                future=future, markets=markets,
            )  # fmt: skip
            for _ in range(request.months):
                self.each_month()
                fork.step()
            records = fork.records
            rows = future_rows(request, records, fork.plan.parameters, favoured=favoured)
            months.append(rows.assign(draw=draw, arm=arm))
            if arm == DEAL:
                base.append(base_rows(request, records, fork.plan.parameters).assign(draw=draw))
        self.months += months
        self.base += base
        self.licensed, self.done = licensed, draw + 1

    def _begun(self, draw: int) -> tuple[World, int, tuple[str, ...] | None]:
        """Return the world in the month before the licence, the number of its luck, and the markets to live on."""
        if self.world is not None:
            return self.world, draw, tuple(one for one in self.world.countries if one in self.request.markets)
        plan, replicate = self.request.plan, draw
        if self.members is not None:
            slot = self.members.slots[draw]
            plan, replicate = self.members.plan(plan, slot), slot.replicate
        market = StreamingMarket(plan, replicate=replicate, starts=self.starts)
        market.run(self.request.month)
        return market.world, 0, None

    def futures(self) -> DealFutures:
        """Return the futures of the draws that are finished."""
        request, done = self.request, self.done
        cut = request if done == request.draws else replace(request, draws=done)
        own, carried = self.values.iloc[:done], None
        if self.members is not None:
            slots = self.members.slots[:done]
            carried = self.members.carried(request.plan, [slot.replicate for slot in slots])
            rows = [{"replicate": slot.replicate, "member": slot.member, **carried.own_values(slot.replicate)}
                    for slot in slots]  # fmt: skip
            own = pd.DataFrame(rows, index=own.index).join(own)
        found = DealFutures(
            cut, pd.concat(self.months, ignore_index=True), pd.concat(self.base, ignore_index=True), own,
            self.licensed, carried,
        )  # fmt: skip
        beliefs = belief_draws(
            request.plan.seed, [found.parameters_of(draw) for draw in range(done)], vary=request.beliefs
        )
        return replace(found, draws=own.join(beliefs))


def _licensed(request: DealRequest, world: World) -> bool:
    """Return whether the label's music is on the service, or its clips on TikTok, in every market just now."""
    there = []
    for code in request.markets:
        country = world.countries[code]
        label = country.labels.index(request.label)
        held = (
            country.clips if request.kind == "clips" else country.available[country.platforms.index(request.platform)]
        )
        there.append(held[label] > 0.0)
    return bool(np.all(there))


def _favoured(request: DealRequest, world: World) -> dict[str, frozenset[str]]:
    """Return by market the labels whose licence with the service holds a clause in the month in which this one begins.

    Clip licences hold none.
    """
    if request.kind == "clips":
        return {}
    money = world.money
    month = money.calendar(request.month + 1)
    return {
        code: favoured_labels(money.deals, market=code, platform=request.platform, month=month)
        for code in request.markets
    }


def _say_nothing(*_: object) -> None:
    """Stand in for a progress that nobody watches."""
