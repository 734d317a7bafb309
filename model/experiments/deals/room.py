"""The room: walk-away terms of both sides, the zone between them, the Nash point, and what a term sheet does there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.experiments.deals.futures import DealFutures, DealStopped, Progress, deal_futures
from model.experiments.deals.judging import Judging
from model.experiments.deals.live import live_faults, live_request, most_users
from model.experiments.deals.outcomes import TalkOutcomes, talk_outcomes
from model.experiments.deals.request import deal_request
from model.experiments.deals.sheet import TermSheet
from model.experiments.ensembles.living import members_of
from model.experiments.ensembles.members import Given, Members, Wanted
from model.experiments.thin_cells import thin_cells
from model.foundation.errors import Fault, raise_faults
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import World
from model.mechanisms.talks.weights import label_weight
from model.results.fans import QUANTILES
from model.spec.scenario import Scenario
from model.spec.usual_terms import unusual_terms
from model.theory.quantiles import quantiles

if TYPE_CHECKING:
    from model.experiments.deals.plots import DealPlots

BAND = (0.05, 0.95)
USUAL_DRAWS, USUAL_USERS = 12, 3000
FANS = {"users": "people", "payers": "people", "hours": "person-hours per month", "revenue": "USD per month",
        "profit": "USD per month", "paid": "USD per month", "elsewhere": "USD per month"}  # fmt: skip
"""Columns of both futures whose fans are told, with units."""
UNCERTAIN = {"streaming": ("theta", "bytedance_user_worth"), "clips": ("theta", "clip_time_share", "promotion_new")}
"""By kind of licence, the parameters that vary from draw to draw unless others are named."""


@dataclass(frozen=True, slots=True)
class DealRoom:
    """A licence on the table.

    futures: both futures in every draw. weight: the label's bargaining weight, 0 to 1. All money is USD per month, the
    mean over the term; payments go from the platform to the label.
    """

    futures: DealFutures
    weight: float

    def walk_aways(self) -> pd.DataFrame:
        """Return by draw: the least the label accepts, the most the platform pays, and the Nash payment.

        least = -(label's gain elsewhere); most = platform's gain before this payment, each as its side believes; zone:
        whether least <= most; nash = weight * surplus - label's gain (nan without a zone).
        """
        gains = self.futures.gains()
        table = pd.DataFrame({"least": -gains["label"], "most": gains["platform"], "surplus": gains["surplus"]})
        table["zone"] = table["surplus"] >= 0.0
        table["nash"] = np.where(table["zone"], self.weight * gains["surplus"] - gains["label"], np.nan)
        table["present"] = self.futures.lines()["present"]
        return table

    def agreement(self) -> float:
        """Return the share of draws with a zone of possible agreement."""
        return float(self.walk_aways()["zone"].mean())

    def outcomes(self, protocol: str = "offers", *, talks: int = 20) -> TalkOutcomes:
        """Return how talks end on each draw's stakes: signed, after an extension or an outage, or never.

        protocol: offers, nash, rubinstein or take_it_or_leave_it. talks: how many are played for each draw. Errors:
        InputError.
        """
        return talk_outcomes(self.futures, weight=self.weight, protocol=protocol, talks=talks)

    def summary(self) -> pd.DataFrame:
        """Return mean and 90% band over draws of each amount (USD per month), and as share of net revenue for usage.

        share: the revenue share, before usage share, that would pay the amount on the deal arm's net revenue; nan for
        clips.
        """
        table = self.walk_aways()[["least", "most", "nash", "present"]]
        rows = pd.DataFrame({"mean": table.mean(), "low": table.quantile(BAND[0]), "high": table.quantile(BAND[1])})
        rows["share"] = rows["mean"] / self.base_usd()
        return rows

    def fans(self) -> pd.DataFrame:
        """Return arm x measure x month: quantiles over the draws of users, hours, and money (USD per month).

        income: the label's, from the platform and elsewhere. Months count from the licence.
        """
        sums = self.futures.months.groupby(["draw", "arm", "month"], observed=True)[list(FANS)].sum()
        sums = sums.assign(income=sums["paid"] + sums["elsewhere"])
        pieces = []
        for name in sums.columns:
            wide = sums[name].unstack("draw")
            piece = wide.index.to_frame(index=False)
            piece[list(QUANTILES)] = quantiles(wide.to_numpy(np.float64))
            pieces.append(piece.assign(measure=name, unit=FANS.get(str(name), "USD per month")))
        return pd.concat(pieces, ignore_index=True)[["arm", "measure", "unit", "month", *QUANTILES]]

    def base_usd(self) -> float:
        """Return the net revenue that falls to the label by usage, USD per month: what a revenue share is taken of.

        nan for clips, which are paid in lump sums.
        """
        base = self.futures.base
        monthly = (base["usage_share"] * base["net_revenue"]).groupby([base["draw"], base["month"]]).sum()
        return float(monthly.mean()) if len(monthly) else float("nan")

    def notices(self, sheet: TermSheet | Mapping[str, object] | None = None) -> list[str]:
        """Return what a reader should know: samples too thin for the licence, terms of a sheet far above the record."""
        request = self.futures.request
        thin = thin_cells([request.pair], start=request.plan.start, users=request.users)
        given = sheet if isinstance(sheet, TermSheet) else TermSheet.from_mapping(sheet or {})
        odd = unusual_terms(given.given(), service=request.platform, markets=request.markets, names=request.plan.names)
        told = [f"unusual term {one.name} = {one.value:g}: {one.rule}; lower it unless it is meant" for one in odd]
        carried = self.futures.carried
        under = [] if carried is None else [line.removesuffix(".") for line in carried.words()]
        return under + ([thin] if thin else []) + told

    def judge(self, sheet: TermSheet | Mapping[str, object]) -> pd.DataFrame:
        """Return by draw what a term sheet pays, what each side gains by it against no deal, and who walks.

        sheet: a TermSheet, or its terms by name, e.g. {"rev_share_paid": 0.52}. Sums of a clip licence are for the
        world; paid is the part of the asked markets.
        platform, label: USD per month against no deal. platform = brings - paid - clauses: what the licence brings it,
        and what a raise above present terms costs it by the clauses of other labels. label = paid - lost - precedent:
        what it loses elsewhere, and what a cut below present terms costs it there. least, most: where their gains are
        0, their walk-aways. walks: "nobody", "platform", "label" or "both". Errors: InputError for terms that the kind
        of licence does not have.
        """
        return Judging(self).judge(sheet)

    def verdict(self, sheet: TermSheet | Mapping[str, object]) -> list[str]:
        """Return in words who walks from a term sheet and why, with the means of the draws in which it is so; the most
        frequent answer first.
        """
        judged = self.judge(sheet)
        shares = judged["walks"].value_counts(normalize=True)
        return [
            f"In {share:.0%} of draws {_verdict(str(who), judged[judged['walks'] == who].mean(numeric_only=True))}"
            for who, share in shares.items()
        ]

    @property
    def plot(self) -> DealPlots:
        """Pictures of the room: its zone, and everything at once."""
        from model.experiments.deals.plots import DealPlots

        return DealPlots(self)

    def __repr__(self) -> str:
        request = self.futures.request
        where = ", ".join(request.markets)
        return f"<DealRoom {request.platform} and {request.label}, {request.kind}, {where}: {request.draws} draws>"

    def _repr_html_(self) -> str:
        from model.experiments.deals.card import room_html

        return room_html(self)


class RoomStopped(KeyboardInterrupt):
    """The user stopped a deal room. room: of the draws that were finished, None if there was none."""

    def __init__(self, room: DealRoom | None) -> None:
        super().__init__("stopped")
        self.room = room


def _verdict(who: str, mean: pd.Series[float]) -> str:
    paid = _money(mean["paid"])
    platform, label = f"it pays {paid}", f"it is paid {paid}"
    if mean["clauses"] > 0.0:
        platform += f", {_gains(mean['brings'])} by the licence and loses {_money(mean['clauses'])} by others' clauses"
    else:
        platform += f" and {_gains(mean['brings'])} by the licence"
    if mean["precedent"] > 0.0:
        loses = "loses " if mean["lost"] <= 0.0 else ""
        label += f", {_gains(-mean['lost'])} elsewhere and {loses}{_money(mean['precedent'])} by the precedent of a cut"
    else:
        label += f" and {_gains(-mean['lost'])} elsewhere"
    if who == "platform":
        return f"the platform walks: {platform}."
    if who == "label":
        return f"the label walks: {label}."
    if who == "both":
        return f"both walk, there is no zone: for the platform, {platform}; for the label, {label}."
    return f"nobody walks: for the platform, {platform}; for the label, {label}."


def _gains(amount: float) -> str:
    return f"{'gains' if amount >= 0.0 else 'loses'} {_money(abs(amount))}"


def _money(amount: float) -> str:
    """Return USD a month in millions, with as many decimals as the size needs."""
    return f"{amount / 1e6:,.2f} M" if abs(amount) >= 1e4 else f"{amount / 1e6:,.4f} M"


def deal_room(
    scenario: Scenario | str | StreamingMarket | World = "june_2022", *, platform: str, label: str,
    markets: Sequence[str], kind: str = "streaming", at: str | None = None, months: int = 24, draws: int | None = None,
    users: int | None = None, weight: float | None = None, uncertain: Sequence[str] | None = None, beliefs: bool = True,
    starts: StartStore | None = None, progress: Progress | None = None, ensemble: Given | None = None,
    members: Wanted = None, each_month: Callable[[], None] | None = None,
    each_draw: Callable[[DealRoom], None] | None = None,
) -> DealRoom:  # fmt: skip
    """Return the room of one licence between a platform and a label over markets.

    scenario: what is run from its opening; or a run that goes on, whose people, prices and contracts of the present
    month all draws begin with. kind: "streaming", or "clips" for the label's music on TikTok (platform "tiktok"). at:
    month in which the licence begins, "YYYY-MM" (default: the scenario's start; of a run that goes on its next month,
    always). months: its term. draws: futures (12) with other random numbers, other values of the `uncertain` parameters
    (default: `UNCERTAIN`) and, unless `beliefs` is False, other beliefs of both sides about promotion. users: simulated
    users per market in the forks (3000; of a run that goes on all of its own). weight: the label's bargaining weight
    (default: the declared one of the pair). ensemble: joint draws of parameters, as of `model.experiments.run.run`;
    then each draw is a member, with its values and a start and draws of its own, and what the members do not vary is
    drawn as without. members: how many (default: 40), or a list. each_month: as of `deal_futures`. each_draw: called
    with the room of the draws that are there. Errors: InputError; RoomStopped, with what was finished.
    """
    world = scenario.world if isinstance(scenario, StreamingMarket) else scenario
    drawn, names = None, UNCERTAIN.get(kind, ()) if uncertain is None else tuple(uncertain)
    if isinstance(world, World):
        raise_faults(live_faults(world, kind=kind, markets=markets, at=at, members=ensemble or members))
        plan = world.plan
        users = most_users(world, markets) if users is None else users
    else:
        plan = world if isinstance(world, Scenario) else Scenario.load(world)
    if ensemble is not None or members is not None:
        drawn = members_of(ensemble, seed=plan.seed, members=members, draws=draws)
        names = _besides(drawn, names, asked=uncertain is not None)
        draws = len(drawn)
    request = deal_request(
        plan, platform=platform, label=label, markets=markets, kind=kind, at=at, months=months,
        draws=USUAL_DRAWS if draws is None else draws, users=USUAL_USERS if users is None else users, uncertain=names,
        beliefs=beliefs, weight=weight,
    )  # fmt: skip
    request = live_request(request, world) if isinstance(world, World) else request
    declared = label_weight(request.plan.parameters, platform=platform, label=label, kind=kind)
    held = declared if weight is None else float(weight)
    try:
        futures = deal_futures(
            request, starts=starts, progress=progress, members=drawn, each_month=each_month,
            world=world if isinstance(world, World) else None,
            each_draw=None if each_draw is None else lambda found: each_draw(DealRoom(found, held)),
        )  # fmt: skip
    except DealStopped as stop:
        raise RoomStopped(None if stop.futures is None else DealRoom(stop.futures, held)) from stop
    return DealRoom(futures, held)


def _besides(drawn: Members, names: Sequence[str], *, asked: bool) -> tuple[str, ...]:
    """Return the uncertain parameters that the ensemble does not vary; InputError where one was asked for that it does.

    asked: whether the names are a wish of the caller.
    """
    twice = [name for name in names if name in drawn.ensemble.parameters]
    if asked:
        rule, way = f"the ensemble {drawn.ensemble.name} varies it", "Leave it out."
        raise_faults([Fault("deal: uncertain", rule, name, way) for name in twice])
    return tuple(name for name in names if name not in twice)
