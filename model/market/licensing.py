"""The table of labels and platforms: who talks in a month, what each side knows, what the outcome does to the world.

At the beginning of a month, before its events, talks begin for licences that end soon, are wanted, or failed some time
ago. Each side values the licence by forks of the world (`valuing`), which know neither the scenario's events nor the
run's random numbers. Rounds are held week by week (`mechanisms.talks`). An agreement becomes a licence; a walk-out
takes the catalogue, or the clips, away until the sides agree or stop talking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from model.facts.records import DealStart
from model.foundation.months import weeks_of
from model.foundation.rng import stream_key, uniforms
from model.market.agenda import NEVER, Item, Table, agenda
from model.market.terms_agreed import clip_licences, licences
from model.market.together import together
from model.market.valuing import Pair, Worth, entry_of, least_with_precedent, most_under_clauses, worth_of
from model.market.world import World
from model.mechanisms.clips import market_part
from model.mechanisms.talks import Outcome, Rules, Stakes, Talk
from model.mechanisms.talks.records import DEAL, LABEL, OUTAGE, PLATFORM
from model.mechanisms.talks.weights import label_weight
from model.spec.settings import Setting
from model.spec.talks import TalksPlan
from model.state.deals import Cell
from model.state.favoured import pass_on
from model.theory.royalties import MONTHS_PER_YEAR

CLIP_TERM = 24
"""Months of a first licence for clips or for streaming, where there was none before (brg-0032: 2 to 2.5 years)."""


@dataclass(slots=True)
class OpenTalk:
    """A talk that is being held.

    item: what it is about. worth: what the licence is worth, by forks. begun: run month. week: rounds so far. off:
    whether the label's music is away because of this talk. walked: run month in which it first went away.
    """

    item: Item
    worth: Worth
    talk: Talk
    begun: int
    week: int = 0
    off: bool = False
    walked: int | None = None


@dataclass(frozen=True, slots=True)
class TalkRecord:
    """One talk, as it stands or ended.

    begun, ended: run months; ended is None for a talk that is not over. walked: run month in which the label's music
    went away, None if it never did. ends: calendar month in which the old licence ended, `NEVER` without one. licence:
    the new licences. present: USD a month that the old terms pay. label_belief, platform_belief: of promotion, in the
    end.
    """

    item: Item
    begun: int
    ended: int | None
    walked: int | None
    outcome: Outcome
    present: float
    label_belief: float
    platform_belief: float
    licence: tuple[DealStart, ...]


class Licensing:
    """Talks of a run. `records` tells all of them; the world's books hold what was signed."""

    def __init__(self, plan: TalksPlan) -> None:
        self.plan = plan
        self.held: list[OpenTalk] = []
        self._records: list[TalkRecord] = []
        self._returns: dict[Cell, int] = {}
        self._agreed: list[tuple[OpenTalk, Outcome, tuple[DealStart, ...]]] = []

    def records(self, world: World) -> tuple[TalkRecord, ...]:
        """Return every talk so far, those that are not over last."""
        pull = world.plan.parameters.promotion_pull
        return (*self._records, *(self._record(one, one.talk.outcome(pull), None, ()) for one in self.held))

    def month(self, world: World) -> tuple[Setting, ...]:
        """Hold the talks of the month that the world is about to live; return what they set at its beginning."""
        now = world.money.calendar(world.month + 1)
        found = [*self._begin(world, now)]
        if self.plan.protocol == "nash_in_nash":
            self._price_together(now)
        for one in list(self.held):
            found += self._hold(world, one, now)
        self._sign(world)
        return tuple(found)

    def _begin(self, world: World, now: int) -> list[Setting]:
        """Open the talks that come up; a service that is not open yet enters without the labels that it talks with."""
        parameters, months = world.plan.parameters, self.plan.months
        table = Table(
            book=world.money.deals, plan=self.plan,
            labels={market: country.labels for market, country in world.countries.items()},
            platforms={market: country.platforms for market, country in world.countries.items()},
            busy=frozenset(cell for one in self.held for cell in one.item.cells()), returns=self._returns,
            lead=int(parameters.talks_lead_months), pause=int(parameters.talks_return_months),
            earning=frozenset(market for market, country in world.countries.items() if country.tiktok_open),
        )  # fmt: skip
        found: list[Setting] = []
        for item in (_as_played(item, world) for item in agenda(table, month=now)):
            worth = worth_of(world, item.pair, months=months, users=self.plan.users, opening=entry_of(world, item.pair))
            self.held.append(self._open(world, item, worth))
            if not item.old:
                found += item.pair.cells(0.0)
        return found

    def _open(self, world: World, item: Item, worth: Worth) -> OpenTalk:
        pair, parameters = item.pair, world.plan.parameters
        old = item.old or tuple(
            world.start.default_deal(platform=pair.platform, label=pair.label, market=market, kind=pair.kind)
            for market in pair.markets
        )
        weight = label_weight(parameters, platform=pair.platform, label=pair.label, kind=pair.kind)
        proposer = self.plan.proposer if self.plan.protocol == "take_it_or_leave_it" else ""
        rules = Rules.of(parameters, weight=weight, protocol=self.plan.protocol, proposer=proposer)
        least = least_with_precedent(
            worth.least, present=worth.paid, income=worth.income, precedent=parameters.precedent
        )
        most = most_under_clauses(worth.most, present=worth.paid, pass_on=self._pass_on(world, item, worth))
        stakes = Stakes(
            least=least, least_slope=worth.least_slope, most=most, most_slope=worth.most_slope,
            present=worth.paid, wanted=_wanted(world, pair, present=worth.paid),
            term_months=max(deal.term_months for deal in old) if item.old else CLIP_TERM,
            licensed=item.ends != NEVER,
        )  # fmt: skip
        parts = (pair.platform, pair.label, pair.kind, *pair.markets)

        def draw(name: str, week: int) -> float:
            return float(uniforms(stream_key(world.draw_seed, "talk", *parts, begun, name), np.array([week]))[0])

        begun = world.month + 1
        return OpenTalk(replace(item, old=old), worth, Talk(stakes, rules=rules, draws=draw, offered=worth.paid), begun)

    @staticmethod
    def _pass_on(world: World, item: Item, worth: Worth) -> float:
        """Return how much of a raise goes to other labels by most-favoured-nation clauses, relative to this label."""
        pair = item.pair
        if pair.kind == "clips" or worth.paid <= 0.0:
            return 0.0
        return pass_on(
            world.money.deals, platform=pair.platform, label=pair.label, month=world.money.calendar(world.month + 1),
            royalties=worth.bill,
        )  # fmt: skip

    def _price_together(self, now: int) -> None:
        """Give the talks that close now the payments that all of them arrive at together."""
        closing = [one for one in self.held if one.item.ends <= now]
        payments = together(
            [one.item.pair for one in closing], worths=[one.worth for one in closing],
            reserved=[(one.talk.label.reservation, one.talk.platform.reservation) for one in closing],
            weights=[one.talk.rules.weight for one in closing],
        )  # fmt: skip
        for one, payment in zip(closing, payments, strict=True):
            one.talk.table.offered = float(payment)

    def _hold(self, world: World, one: OpenTalk, now: int) -> list[Setting]:
        """Hold the rounds of a month, and end the talk where it is over."""
        talk, parameters = one.talk, world.plan.parameters
        if one.week > 0:
            if talk.regime == OUTAGE:
                talk.outage_month(one.week, true_pull=parameters.promotion_pull)
            talk.press()
        if one.item.ends != NEVER and one.item.ends < now:
            talk.licence_ended()
        weeks = weeks_of(now)
        for number in range(weeks):
            if not talk.over:
                talk.week(one.week, last=one.item.ends == now and number == weeks - 1)
                one.week += 1
        longest = world.month + 1 - one.begun >= int(parameters.talks_longest_months) - 1 and one.item.ends < now
        if talk.payment is not None or longest or (talk.over and one.item.ends < now):
            return self._close(world, one, now)
        return self._play(world, one, on=talk.regime != OUTAGE)

    def _play(self, world: World, one: OpenTalk, *, on: bool) -> list[Setting]:
        """Return the settings that take the label's music away or bring it back, if that changes."""
        if one.item.ends == NEVER or on == (not one.off):
            return []
        one.off = not on
        if one.off:
            one.walked = one.walked or world.month + 1
        return list(one.item.pair.cells(float(on)))

    def _close(self, world: World, one: OpenTalk, now: int) -> list[Setting]:
        """End a talk: with a licence to sign, or with the label's music away until the sides return."""
        outcome = one.talk.outcome(world.plan.parameters.promotion_pull, longest=True)
        self.held.remove(one)
        if outcome.kind == DEAL and outcome.payment is not None:
            self._agreed.append((one, outcome, self._written(world, one, outcome.payment, now)))
            return list(one.item.pair.cells(1.0)) if one.off or one.item.ends == NEVER else []
        again = now + int(world.plan.parameters.talks_return_months) + 1
        self._returns |= dict.fromkeys(one.item.cells(), again)
        found = self._play(world, one, on=False)
        self._records.append(self._record(one, outcome, world.month + 1, ()))
        return found

    def _written(self, world: World, one: OpenTalk, payment: float, now: int) -> tuple[DealStart, ...]:
        """Return the licences of an agreement, over its term from when it begins."""
        first = max(now, one.item.ends + 1)
        for cell in one.item.cells():
            self._returns.pop(cell, None)
        last = first + one.talk.stakes.term_months - 1
        if one.item.pair.kind == "clips":
            parameters, markets = world.plan.parameters, one.item.pair.markets
            part = sum(market_part(world.start, market, parameters=parameters) for market in markets)
            fee = MONTHS_PER_YEAR * payment / part / 1e6
            return clip_licences(one.item.old, markets=one.item.pair.markets, fee_usd_m=fee, first=first, last=last)
        return licences(
            one.item.old, present=one.worth.present, factor=payment / one.worth.paid if one.worth.paid > 0.0 else 1.0,
            guarantee_share=world.plan.parameters.guarantee_share, first=first, last=last,
        )  # fmt: skip

    def _sign(self, world: World) -> None:
        """Sign all licences of the month at once, so that clauses act alike whoever is named first."""
        signed = list(world.money.sign([deal for *_, deals in self._agreed for deal in deals], month=world.month + 1))
        for one, outcome, deals in self._agreed:
            own, signed = tuple(signed[: len(deals)]), signed[len(deals) :]
            self._records.append(self._record(one, outcome, world.month + 1, own))
        self._agreed.clear()

    def _record(self, one: OpenTalk, outcome: Outcome, ended: int | None, licence: tuple[DealStart, ...]) -> TalkRecord:
        return TalkRecord(
            item=one.item, begun=one.begun, ended=ended, walked=one.walked, outcome=outcome,
            present=one.worth.paid, label_belief=one.talk.label.belief, platform_belief=one.talk.platform.belief,
            licence=licence,
        )  # fmt: skip


def _wanted(world: World, pair: Pair, *, present: float) -> dict[str, Callable[[float], float]]:
    """Return, by side, what its strategy makes of what a licence is worth to it; nothing where nobody plays one."""
    firms, now = world.firms, world.money.calendar(world.month + 1)
    if firms is None:
        return {}

    def wish(actor: str, other: str) -> Callable[[float], float]:
        return lambda value: firms.reservation(
            actor, value=value, present=present, other=other, kind=pair.kind, markets=pair.markets, now=now
        )  # fmt: skip

    return {LABEL: wish(pair.label, pair.platform), PLATFORM: wish(pair.platform, pair.label)}


def _as_played(item: Item, world: World) -> Item:
    """Return an item without an end where the label is off the platform already, by whatever made it leave."""
    pair = item.pair
    for market in pair.markets:
        country = world.countries[market]
        label = country.labels.index(pair.label)
        on = country.clips[label] if pair.kind == "clips" else None
        if on is None:
            on = country.available[country.platforms.index(pair.platform), label]
        if on > 0.0:
            return item
    return replace(item, ends=NEVER)
