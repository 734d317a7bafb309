"""Deals and talks of a scenario in words."""

from __future__ import annotations

from collections.abc import Sequence

from model.foundation.months import show_month
from model.spec.contracts import ScenarioDeal
from model.spec.names import ALL
from model.spec.talks import PROTOCOLS, TalksPlan, WantedLicences

_TERMS: dict[str, str] = {
    "rev_share_paid": "{share} of net revenue from paid tiers and bundles",
    "rev_share_free": "{share} of net revenue from free tiers",
    "rev_share_rewarded": "{share} of net revenue from rewarded tiers",
    "per_subscriber_minimum_usd": "at least {number} USD a subscription and month",
    "per_stream_minimum_usd": "at least {number} USD a stream of free tiers and bundles",
    "per_stream_minimum_rewarded_usd": "at least {number} USD a stream of rewarded tiers",
    "minimum_guarantee_usd_m": "a guarantee of {number} M USD a year",
    "fee_usd_m": "a fee of {number} M USD a year",
    "promotional_credit_usd_m": "promotion worth {number} M USD a year",
}
_WORLD = " for the world, of which each market bears its part"
"""What the sums of a clip licence are for, whatever markets a scenario names."""


def deal_words(deal: ScenarioDeal) -> str:
    """Return one deal as a sentence, e.g. "From 2022-10 to 2024-09 resso may play sony in IN for 52% of net ..."."""
    does = "may use {} in clips" if deal.kind == "clips" else "may play {}"
    alone = ", and nobody else may," if deal.exclusive else ""
    terms = [_TERMS[name].format(share=f"{100 * value:g}%", number=f"{value:g}") for name, value in deal.terms.items()]
    whole = _WORLD if deal.kind == "clips" and terms else ""
    clauses = [f"for {listed(terms)}{whole}" if terms else "on the terms before"]
    if deal.mfn is not None:
        clauses.append(f"{'with' if deal.mfn else 'without'} most-favoured terms")
    clauses.append("then the label leaves" if deal.lapses else "then the old terms run on")
    notes = "; ".join(text for text in (deal.about, deal.source) if text)
    when = f"From {show_month(deal.first)} to {show_month(deal.last)}"
    told = f"{when} {deal.platform} {does.format(deal.label)}{alone} in {listed(deal.markets)} {', '.join(clauses)}"
    return told + (f" ({notes})." if notes else ".")


def talks_words(plan: TalksPlan) -> list[str]:
    """Return the plan of talks as sentences."""
    offer = f" of the {plan.proposer}" if plan.protocol == "take_it_or_leave_it" else ""
    kinds = listed([{"streaming": "streaming", "clips": "clips on TikTok"}[kind] for kind in plan.kinds])
    lines = [
        f"Licences of {listed(plan.platforms)} come to the table by protocol {plan.protocol}{offer} "
        f"({PROTOCOLS[plan.protocol]}), for {kinds}, with {listed(plan.labels)}.",
        _scopes(plan),
        f"A licence is valued by forks of {plan.users:,} simulated users per market, {plan.months} "
        f"month{'' if plan.months == 1 else 's'} ahead.",
    ]
    return lines + [_wanted_words(one) for one in plan.new]


def _scopes(plan: TalksPlan) -> str:
    """Say which labels decide how."""
    words = {"world": "for all markets of a licence at once", "market": "market by market"}
    usual = plan.scope_of(ALL)
    others = [label for label in plan.labels if plan.scope_of(label) != usual]
    other = words["market" if usual == "world" else "world"]
    if len(others) == len(plan.labels):
        return f"Labels decide {other}."
    return f"Labels decide {words[usual]}" + (f", but {listed(others)} {other}." if others else ".")


def _wanted_words(one: WantedLicences) -> str:
    what = "licences for clips" if one.kind == "clips" else "licences"
    return f"From {show_month(one.first)} {one.platform} wants {what} of {listed(one.labels)} in {listed(one.markets)}."


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
