"""Columns on TikTok: its time and income, whose clips are there, and what is paid for them. Nominal USD of 2022."""

from model.results.measures import Measure


def _tiktok(name: str, label: str, unit: str, meaning: str, *, columns: str = "", parameters: str = "",
            facts: tuple[str, ...] = ("tiktok",)) -> Measure:  # fmt: skip
    return Measure(name, label, unit, "sum", "sum", meaning, columns=tuple(columns.split()),
                   parameters=tuple(parameters.split()), facts=facts)  # fmt: skip


MEASURES = (
    _tiktok("tiktok_hours", "Time on TikTok", "person-hours per month",
            "adult users of the start times their hours, less for repertoire that is muted; 0 while TikTok is banned",
            columns="clips_on", parameters="clip_time_share", facts=("tiktok", "repertoire")),
    _tiktok("tiktok_ads", "TikTok's advertising income", "USD per month",
            "a twelfth of the start year's, in proportion to time on TikTok", columns="tiktok_hours"),
    _tiktok("tiktok_shop", "TikTok's take of its shop", "USD per month",
            "hours on TikTok times goods sold an hour times take rate", columns="tiktok_hours"),
    _tiktok("clip_fees", "Clip fees", "USD per month",
            "a twelfth of the lump sums of clip licences, in the part that the market has in TikTok's advertising "
            "income, while the clips are there; by market, those of publishers and of labels without repertoire too",
            columns="clips_on", facts=("deals", "tiktok")),
    _tiktok("clip_credit", "Promotional credits of clips", "USD per month",
            "a twelfth of the promotion that clip licences promise a year, split as the fees are", columns="clips_on",
            facts=("deals", "tiktok")),
    Measure("clips_on", "Clips on TikTok", "yes or no", "last", "none", "whether the label's music may be used there",
            facts=("deals",), kind="flag"),
    Measure("pull", "Pull of the label", "ratio", "mean", "none",
            "share of attention over share of repertoire: 1 with clips on TikTok, without them "
            "1 / (1 + promotion_pull times the share of people on TikTok)",
            columns=("clips_on",), parameters=("promotion_pull",), facts=("tiktok", "people")),
)  # fmt: skip
