"""People, income, advertising and TikTok of the markets, from the rows dated for the start."""

from __future__ import annotations

from model.facts.book import FactBook
from model.facts.reader import Cells, Row
from model.facts.records import AdsStart, Level, TikTokStart
from model.foundation.errors import Fault, InputError
from model.foundation.months import parse_month

YEARS = (2020, 2022)
SPOTIFY_REGIONS = {
    "Europe": ("TR", "GB", "DE"),
    "North America": ("US",),
    "Latin America": ("BR", "MX", "CO", "AR"),
    "Rest of World": ("IN", "ID", "AU", "SG", "PH", "VN", "TH", "MY", "ZA", "NG", "EG", "JP"),
}
"""Markets by the regions in which Spotify reports; Turkey in Europe is an assumption."""
AD_CHANNELS = ("google", "facebook", "snap", "twitter", "tiktok", "audio", "other")


def ages_of(book: FactBook, market: str) -> tuple[float, tuple[float, float, float, float]]:
    """Return the share of people who are 13 or older, and their shares by age band (13-19, 20-39, 40-59, 60+).

    Ages 13 and 14 are taken as two fifths of the band 10-14.
    """

    def share(band: str) -> float:
        return book.number(market=market, field=f"share_age_{band}", as_of="2022") / 100.0

    teens = 0.4 * share("10_14") + share("15_19")
    bands = (teens, share("20_39"), share("40_59"), share("60plus"))
    total = sum(bands)
    return total, (bands[0] / total, bands[1] / total, bands[2] / total, bands[3] / total)


def by_year(book: FactBook, *, market: str, field: str, scale: float = 1.0) -> dict[int, float]:
    """Return a field of a market for the years 2020 and 2022, times `scale`."""
    return {year: book.number(market=market, field=field, as_of=str(year)) * scale for year in YEARS}


def region_of(market: str) -> str:
    """Return Spotify's reporting region of a market. Errors: InputError where it stands in none."""
    for region, markets in SPOTIFY_REGIONS.items():
        if market in markets:
            return region
    way = "Add it to one in SPOTIFY_REGIONS of model/facts/people.py."
    raise InputError(Fault("SPOTIFY_REGIONS", "every market stands in a region", market, way))


def ads_of(cells: Cells, *, per_free_listener: float) -> AdsStart:
    """Return the advertising of a market from its row of `start_ads`."""

    def level(name: str, low: str, high: str) -> Level:
        return Level(cells.number(name), cells.number(low), cells.number(high))

    shares = {name: cells.number(f"share_{name}", high=1.0) for name in AD_CHANNELS}
    if abs(sum(shares.values()) - 1.0) > 1e-3:
        cells.fault("share_*", "channel shares add to 1", sum(shares.values()))
    return AdsStart(
        audio_cpm_usd=level("audio_cpm_usd", "audio_cpm_low", "audio_cpm_high"),
        audio_fill=cells.number("audio_fill", high=1.0),
        rewarded_ecpm_usd=level("rewarded_ecpm_usd", "rewarded_low", "rewarded_high"),
        rewarded_fill=cells.number("rewarded_fill", high=1.0),
        ad_revenue_per_free_listener_usd_year=per_free_listener,
        digital_ad_spend_usd_bn=level("digital_ad_spend_usd_bn", "spend_low", "spend_high"),
        addressable_share=cells.number("addressable_social_audio_video", high=1.0), channel_shares=shares,
        price_elasticity_market=cells.number("price_elasticity_market", low=-10.0, high=0.0),
        price_elasticity_platform=cells.number("price_elasticity_platform", low=-10.0, high=0.0),
        confidence=cells.text("confidence"), basis=cells.text("basis"), fact_ids=cells.ids("fact_ids"),
    )  # fmt: skip


def tiktok_of(cells: Cells, *, status: str) -> TikTokStart:
    """Return TikTok in a market from its row of `start_tiktok`; status comes from the market's facts."""
    row: Row = cells.row
    return TikTokStart(
        status=status, adult_mau_m=cells.number("adult_mau_m"),
        hours_per_user_month=cells.number("hours_per_user_month", high=744.0),
        ad_revenue_usd_m=Level(cells.number("ad_revenue_2022_usd_m"), cells.number("low_ad_revenue"),
                               cells.number("high_ad_revenue")),
        ad_arpu_usd_year=cells.number("ad_arpu_usd_year"), infeed_cpm_usd=cells.number("infeed_cpm_usd"),
        infeed_cpc_usd=cells.number("infeed_cpc_usd"), infeed_ads_per_hour=cells.number("infeed_ads_per_hour"),
        topview_day_price_usd=cells.number("topview_day_price_usd"),
        topview_days_sold_share=cells.number("topview_days_sold_share", high=1.0),
        shop_gmv_per_user_hour_usd=cells.number("shop_gmv_per_user_hour_usd"),
        shop_take_rate=cells.number("shop_take_rate", high=1.0),
        creators_per_1000_users=cells.number("creators_per_1000_users"),
        pulse_live=parse_month(row["pulse_live"], place=cells.place) if row["pulse_live"] else None,
        confidence=cells.text("confidence"), basis=cells.text("basis"), fact_ids=cells.ids("fact_ids"),
    )  # fmt: skip
