"""What strategies mean for the rest of a scenario: offers to come, prices to check, licences to ask for, words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model.foundation.months import show_month
from model.spec.events import Event
from model.spec.licence_words import listed
from model.spec.strategies.plans import Entry, StrategyPlan
from model.spec.talks import TalksPlan, WantedLicences
from model.spec.timeline import Window


def responding(plans: Sequence[StrategyPlan], *, rivals_respond: bool, focus: str) -> tuple[StrategyPlan, ...]:
    """Return the strategies that are played; where rivals do not respond, those of others that answer are left out."""
    return tuple(one for one in plans if rivals_respond or one.firm == focus or not one.kind.responds)


def offered_by(plans: Sequence[StrategyPlan]) -> frozenset[tuple[str, str]]:
    """Return (market, service) of the entries that strategies plan."""
    return frozenset((entry.market, plan.actor) for plan in plans for entry in plan.entries)


def entry_events(plans: Sequence[StrategyPlan]) -> list[Event]:
    """Return planned entries as events, so that their prices are checked like those of any other entry."""
    return [
        Event(
            kind="platform_enters", month=entry.month, day=0, service=plan.actor, markets=(entry.market,), item="",
            values={}, tiers=entry.tiers, about="", source="", place=f"{plan.place}.entries.{entry.market}", layer=0,
        )
        for plan in plans
        for entry in plan.entries
    ]  # fmt: skip


def licences_of_entries(
    talks: TalksPlan | None, plans: Sequence[StrategyPlan], *, lead: int, window: Window
) -> TalksPlan | None:
    """Return the plan of talks with the licences that entries wait for, wanted `lead` months before the entry."""
    if talks is None:
        return None
    wanted = [
        WantedLicences(plan.actor, labels, (entry.market,), max(window.first, entry.month - lead), plan.place)
        for plan in plans
        if plan.actor in talks.platforms
        for entry in plan.entries
        if (labels := tuple(one for one in entry.labels if one in talks.labels))
    ]
    together: dict[tuple[str, tuple[str, ...], int], WantedLicences] = {}
    for one in wanted:
        key = (one.platform, one.labels, one.first)
        before = together.get(key)
        together[key] = one if before is None else replace(one, markets=(*before.markets, *one.markets))
    return replace(talks, new=(*talks.new, *together.values()))


IN_ENTRIES = ("tiers", "price_point", "leader", "integration", "marketing", "labels")
"""Choices that the words of entries tell."""


def strategy_words(plan: StrategyPlan, *, talks: TalksPlan | None = None) -> list[str]:
    """Return a strategy in words: who plays what, where and when, with which choices, and its entries.

    talks: of the scenario; without the service at the table entries wait for nobody.
    """
    where = ", ".join(plan.markets)
    when = f"{show_month(plan.first)} to {show_month(plan.last)}"
    lines = [f"{plan.actor} plays {plan.kind.name} in {where}, {when}: {plan.kind.about}"]
    told = IN_ENTRIES if plan.entries else ()
    choices = [
        f"{name} {_shown(value)}" for name, value in plan.values.items() if value not in ("", ()) and name not in told
    ]
    if choices:
        lines.append(f"  with {', '.join(choices)}.")
    lines += _entry_words(plan.entries)
    if any(entry.labels for entry in plan.entries) and (talks is None or plan.actor not in talks.platforms):
        lines.append("  Nobody talks about its licences here, so they are at hand and nothing is waited for.")
    notes = "; ".join(text for text in (plan.about, plan.source) if text)
    return [*lines, f"  {notes}"] if notes else lines


def _entry_words(entries: Sequence[Entry]) -> list[str]:
    """Return a line per date with the markets entered then, and one for what all of them share."""
    terms = {entry.market: _terms(entry) for entry in entries}
    shared = set.intersection(*(set(one) for one in terms.values())) if terms else set()
    lines = []
    for month in dict.fromkeys(entry.month for entry in entries):
        there = [entry for entry in entries if entry.month == month]
        own = {entry.market: [one for one in terms[entry.market] if one not in shared] for entry in there}
        told = [f"{entry.market} ({', '.join([_prices(entry), *own[entry.market]])})" for entry in there]
        lines.append(f"  {show_month(month)}: enters {', '.join(told)}.")
    first = [one for one in (terms[entries[0].market] if entries else ()) if one in shared]
    return [*lines, f"  {'Each entry' if len(entries) > 1 else 'The entry'}: {', '.join(first)}."] if first else lines


def _prices(entry: Entry) -> str:
    return ", ".join(f"{tier} {price:g}" if price else tier for tier, price in entry.tiers.items())


def _terms(entry: Entry) -> list[str]:
    found = [f"with integration {entry.integration:g}", f"{entry.marketing:g} times an entrant's marketing"]
    if entry.quality is not None:
        found.append(f"quality {entry.quality:+g} against the best of its kind")
    return [*found, f"once {listed(entry.labels)} have signed"] if entry.labels else found


def _shown(value: object) -> str:
    return " and ".join(value) if isinstance(value, tuple) else f"{value:g}" if isinstance(value, float) else str(value)
