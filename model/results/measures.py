"""Every column of every table of results, declared once: label, unit, how it is summed up, what it means.

The declarations stand in `model/results/declared/`, one file per subject, and the columns of each frame in `FRAMES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from model.foundation.errors import Fault, InputError, nearest

Summary = Literal["last", "mean", "sum", "none"]
Adding = Literal["sum", "weighted", "none"]
Kind = Literal["number", "whole", "text", "flag"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One column of the results.

    summary: how it is summed up over months: the last value, the mean or the sum. adds: how it is summed up over
    markets: by adding, or as a mean weighted by the column `weight` (of the same frame, or of `markets`). meaning: the
    formula in words. columns, parameters, facts: what it is worked out from: other columns, names of declared
    parameters (a subject such as "@demand" stands for all of it), sections of the start state.
    kind: what the cells hold. is_key: whether the column says what a row is about.
    """

    name: str
    label: str
    unit: str
    summary: Summary
    adds: Adding
    meaning: str
    weight: str = ""
    columns: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    kind: Kind = "number"
    is_key: bool = False

    def __post_init__(self) -> None:
        if (self.adds == "weighted") != bool(self.weight):
            raise ValueError(f"measure {self.name}: a weighted measure names its weight, and no other does")
        if not (self.label and self.unit and self.meaning):
            raise ValueError(f"measure {self.name}: label, unit and meaning are required")


def _gather() -> dict[str, Measure]:
    from model.results.declared import actions, advertising, charts, demand, keys, money, talks, tiktok

    found: dict[str, Measure] = {}
    for subject in (keys, actions, demand, money, talks, tiktok, advertising, charts):
        for line in subject.MEASURES:
            if line.name in found:
                raise ValueError(f"measure {line.name} is declared twice")
            found[line.name] = line
    return found


_WHEN = ("replicate", "month", "date")
_PEOPLE = ("users", "main_users", "second_users", "payers", "in_trial", "subscriptions")
_REVENUE = ("spending", "revenue_subscription", "revenue_bundle", "revenue_ads", "revenue", "net_revenue", "royalties")

FRAMES: dict[str, tuple[str, ...]] = {
    "offers": (
        *_WHEN, "market", "platform", "tier", "is_open", *_PEOPLE, "gross_adds", "gross_adds_expected", "churned",
        "churned_expected", "gross_payer_adds", "conversions_from_free", "payers_gone", "hours", "spoken_hours",
        "price_local",
        "price_usd", "ad_load", "elasticity", *_REVENUE, "publishing", "tier_profit",
    ),
    "services": (
        *_WHEN, "market", "platform", *_PEOPLE, "conversion", "mau_share", "reach", "stock_share", "joined", "left",
        "gross_payer_adds", "conversions_from_free", "free_to_paid_share", "payers_before", "payers_gone",
        "payer_churn", "hours", "spoken_hours", *_REVENUE, "tax", "app_store_fees", "payment_cost", "ad_sales_cost",
        "guarantee_top_ups", "publishing", "hosting", "other_content", "gross_profit", "marketing",
        "promotional_credit", "link_fees", "research", "administration", "exit_costs", "contribution_margin",
        "operating_income",
        "gross_margin", "rights_holder_share", "catalogue_share",
    ),
    "labels": (
        *_WHEN, "market", "platform", "label", "is_available", "hours", "royalties", "guarantee_top_ups",
        "promotional_credit", "label_income",
    ),
    "markets": (
        *_WHEN, "market", "people", "streamers", "people_paying", "payers", "mau_sum", "hhi", "consumer_surplus",
        "hours", "revenue", "label_income",
    ),
    "flows": (*_WHEN, "market", "from_platform", "from_tier", "to_platform", "to_tier", "count", "expected"),
    "diversion": (*_WHEN, "market", "from_platform", "to_platform", "diversion_ratio"),
    "tiktok": (
        *_WHEN, "market", "tiktok_users", "tiktok_hours", "hours_by_integration", "hours_by_clips",
        "hours_by_creators", "hours_by_load", "tiktok_infeed", "tiktok_topview", "tiktok_ads", "tiktok_shop",
        "tiktok_games", "own_distribution", "link_fees", "creators_paid", "tiktok_costs", "clip_fees", "clip_credit",
        "tiktok_profit", "creators", "creator_activity", "creator_income",
    ),
    "clips": (
        *_WHEN, "market", "label", "clips_on", "pull", "uses", "chart_places", "number_one_weeks", "clip_fees",
        "clip_credit", "video_income",
    ),
    "bytedance": (*_WHEN, "market", "music_income", "tiktok_profit", "bytedance_income"),
    "advertising": (*_WHEN, "market", "channel", "ad_price", "ad_cpm", "ad_click_price", "ad_income"),
    "advertisers": (
        *_WHEN, "market", "segment", "channel", "ad_spend", "ad_value", "ad_click_value", "ad_impression_value",
    ),
    "charts": (
        "replicate", "market", "chart_weeks", "chart_entries", "chart_life", "chart_lasting", "number_ones",
        "at_one_mean", "at_one_most", "debuts_at_one", "climb_mean", "climb_most",
    ),
    "songs": (
        "replicate", "market", "song", "label", "song_entered", "song_debut", "song_peak", "song_life", "song_at_one",
        "song_climb", "song_before", "song_over",
    ),
    "ledger": (*_WHEN, "payer", "payee", "kind", "amount_usd"),
    "actions": (
        *_WHEN, "market", "strategy", "rule", "actor", "lever", "service", "item", "value_before", "value_set",
    ),
    "talks": (
        "replicate", "platform", "label", "licence_kind", "markets", "begun", "ended", "ends", "course", "outcome",
        "pressed", "cause", "weeks", "weeks_extended", "weeks_out", "walked", "payment_usd", "present_usd",
        "least_usd", "most_usd", "label_belief", "platform_belief", "licence_from", "licence_to",
    ),
    "start": ("replicate", "market", "platform", "tier", "target_users", "settled_users"),
}  # fmt: skip
"""Columns of each frame, in order."""


MEASURES: dict[str, Measure] = _gather()
"""Every column by name."""


def measure(name: str) -> Measure:
    """Return the declared measure of a column; InputError with the nearest name for an unknown one."""
    try:
        return MEASURES[name]
    except KeyError:
        known = nearest(name, list(MEASURES))
        raise InputError(Fault("column", "no such column in the results", name, known)) from None


def frame_columns(name: str) -> tuple[str, ...]:
    """Return the columns of a frame; InputError with the nearest name for an unknown one."""
    try:
        return FRAMES[name]
    except KeyError:
        raise InputError(Fault("frame", "no such table of results", name, nearest(name, list(FRAMES)))) from None


def keys_of(frame: str) -> tuple[str, ...]:
    """Return the columns of a frame that say what a row is about."""
    return tuple(name for name in frame_columns(frame) if MEASURES[name].is_key)
