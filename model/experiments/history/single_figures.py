"""Single dated figures of the record beside Spotify's quarters: which fact says what of which series, and how surely.

A fact that covers a span is dated in the middle of it, unless it speaks of a year's income. Where the fact gives a band
or a list, the figure taken is declared with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from model.experiments.history.metrics import ALL_SERVICES, RESSO_MARKETS, WORLD


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the record. date: "YYYY-MM". sd: its standard deviation in the metric's unit.

    value: where the fact's cell holds a band or a list, the figure meant; None takes the fact's number times `times`.
    """

    entity: str
    market: str
    metric: str
    date: str
    fact: str
    sd: float
    value: float | None = None
    times: float = 1.0


FIGURES: tuple[Figure, ...] = (
    # Resso. "More than 40 M" in three markets; the split is judged; growth rates are those of panels of apps.
    Figure("resso", RESSO_MARKETS, "users", "2021-11", "byt-0006", 6.0),
    Figure("resso", "IN", "users", "2022-06", "byt-0011", 4.0, 25.0),
    Figure("resso", "BR", "users", "2022-06", "byt-0012", 1.6, 10.0),
    Figure("resso", "ID", "users", "2022-06", "byt-0013", 1.6, 10.0),
    Figure("resso", "IN", "users_growth", "2021-08", "byt-0008", 200.0),
    Figure("resso", "IN", "users_growth", "2022-01", "byt-0007", 100.0),
    Figure("resso", RESSO_MARKETS, "paying_share", "2022-06", "byt-0015", 1.2),
    # Other services and whole markets.
    Figure("pandora", "US", "users", "2022-03", "sts-0010", 1.5, 50.6),
    Figure("spotify", "BR", "user_share", "2022-12", "shr-0058", 5.0),
    Figure("spotify", "MX", "user_share", "2022-09", "sts-0004", 7.0, 68.2),
    Figure("youtube_music", "MX", "user_share", "2022-09", "sts-0004", 5.0, 15.7),
    Figure("apple_music", "MX", "user_share", "2022-09", "sts-0004", 3.0, 7.2),
    Figure("amazon_music", "MX", "user_share", "2022-09", "sts-0004", 3.0, 4.6),
    Figure("spotify", "GB", "user_share", "2021-12", "sts-0003", 3.0, 55.0),
    Figure("amazon_music", "GB", "user_share", "2021-12", "sts-0003", 3.0, 25.0),
    Figure("apple_music", "GB", "user_share", "2021-12", "sts-0003", 3.0, 15.0),
    Figure(ALL_SERVICES, "AU", "streamers", "2020-03", "sts-0007", 0.8),
    Figure(ALL_SERVICES, "GB", "service_users", "2021-06", "sts-0002", 2.0),
    Figure(ALL_SERVICES, "BR", "streamers", "2021-03", "shr-0063", 5.0),
    Figure(ALL_SERVICES, "IN", "streamers", "2022-06", "shr-0040", 15.0),
    Figure(ALL_SERVICES, "IN", "payers", "2022-06", "shr-0041", 0.4, 4.5),
    Figure(ALL_SERVICES, "BR", "paying_share", "2022-12", "shr-0061", 5.0),
    # After 2020 Spotify told of churn in words only ("stable", "declining"); 3.5 to 4% is what the facts make of them.
    Figure("spotify", WORLD, "payer_churn", "2021-06", "sqs-0030", 0.35, 3.75),
    Figure("spotify", WORLD, "payer_churn", "2022-06", "sqs-0030", 0.35, 3.75),
    # TikTok: estimates of analysts; 2022 as revised late that year.
    Figure("tiktok", WORLD, "ad_revenue_year", "2020-12", "adv-0001", 280.0, times=1000.0),
    Figure("tiktok", WORLD, "ad_revenue_year", "2021-12", "adv-0002", 390.0, times=1000.0),
    Figure("tiktok", WORLD, "ad_revenue_year", "2022-12", "adv-0004", 500.0, times=1000.0),
)
"""The figures, by entity."""

LEFT_OUT: tuple[tuple[str, str], ...] = (
    ("shr-0001 to shr-0019", "shares of the world's subscribers count China, which is not modelled"),
    ("shr-0020, shr-0021", "YouTube's subscribers are of video as well as music"),
    ("shr-0023 to shr-0033", "nine metros of India, in hours; one figure each"),
    ("shr-0034, shr-0037, shr-0038", "claims of firms that together exceed the audience counted"),
    ("byt-0036, byt-0037", "TikTok's users in the world: the model has it in twenty markets only"),
    ("byt-0038 to byt-0040, mkt-0634 to mkt-0757", "reach of adults for advertisers, of 2022 only, not comparable "
     "between months as the measure was changed"),
    ("sts-0006", "listeners in Mexico with free video among them"),
    ("sts-0008, sts-0009, adv-0003", "forecasts, not outcomes"),
    ("sts-0023", "Deezer's subscribers in the world"),
    ("adv-0038", "hours of one year only, podcasts among them"),
    ("mkt-0764 to mkt-0850", "recorded-music revenue: with sales, free video and licences for films; P10 uses it"),
)  # fmt: skip
"""Dated facts that look like series and are not taken, with the reason."""
