"""Declared assumptions of the starts before October 2022, each with its range and what it rests on."""

from __future__ import annotations

from model.facts.records import Assumption

GAANA_FREE_2022 = Assumption(
    "gaana_free_users_2022", 20.0, 10.0, 40.0, "M users",
    "ad income of FY2022 (78.2 crore INR = 10 M USD) over 0.50 USD a free listener; its claim of 185 M users would "
    "exceed what the audience of 208 M leaves", ("shr-0034", "shr-0035", "shr-0040"))  # fmt: skip
GAANA_OVER_JIOSAAVN_2019 = Assumption(
    "gaana_over_jiosaavn_users_2019", 0.97, 0.7, 1.3, "ratio",
    "consumption 30% against 24% in January 2020, over 63 against 49 minutes a user and day",
    ("shr-0023", "shr-0024", "shr-0029", "shr-0030"))  # fmt: skip
RIVAL_USERS_2019 = Assumption(
    "rival_users_2019", 0.85, 0.70, 1.0, "ratio to 2022, beside growth of the internet",
    "streaming users of Great Britain 32 M in 2019 and 39 M in 2021, of Australia and Brazil +5 to 7% a year",
    ("sts-0002", "sts-0007", "shr-0063"))  # fmt: skip
RIVAL_PAYERS_2019 = Assumption(
    "rival_payers_2019", 0.60, 0.50, 0.75, "ratio to 2022",
    "subscribers of all services but Spotify in the world, carried back from 2021Q2 at +26.4% a year, give 0.55; "
    "growth was slower outside China", ("shr-0001", "shr-0011"))  # fmt: skip
JOOX_USERS_2019 = Assumption(
    "joox_users_2019", 1.0, 0.8, 1.4, "ratio to 2022", "Joox was in decline: no growth is undone",
    ("shr-0054", "sts-0013"))  # fmt: skip
PANDORA_USERS_2019 = Assumption(
    "pandora_users_2019", 64.3, 60.0, 68.0, "M users", "52.3 M in 2021Q4, falling 1-2 M a quarter", ("sts-0010",)
)
JOOX_ZA_2019 = Assumption(
    "joox_za_users_2019", 1.0, 0.4, 2.0, "M users", "no figure found; a second-rank service that closed in March 2022",
    ("sts-0014",))  # fmt: skip
TIKTOK_USERS_2019 = Assumption(
    "tiktok_users_2019", 0.45, 0.35, 0.55, "ratio to 2022",
    "508 M in December 2019, 1,000 M in September 2021 and growing",
    ("byt-0036", "byt-0037"))  # fmt: skip
TIKTOK_ADS_2019 = Assumption(
    "tiktok_ad_revenue_2019", 0.04, 0.02, 0.08, "ratio to 2022", "1.41 bn USD in 2020 against 10 bn in 2022; a third "
    "of it in 2019", ("adv-0001", "adv-0002"))  # fmt: skip
TIKTOK_IN_2019 = Assumption(
    "tiktok_in_adults_2019", 120.0, 80.0, 160.0, "M users", "200 M before the ban of June 2020, less minors and half a "
    "year's growth", ("mkt-0629", "mkt-0726"))  # fmt: skip
TIKTOK_IN_HOURS_2019 = Assumption(
    "tiktok_in_hours_2019", 20.0, 15.0, 25.0, "hours a user and month", "below the world's mean, as in Vietnam", ()
)

ALL_2019 = (
    GAANA_OVER_JIOSAAVN_2019,
    RIVAL_USERS_2019,
    RIVAL_PAYERS_2019,
    JOOX_USERS_2019,
    PANDORA_USERS_2019,
    JOOX_ZA_2019,
    TIKTOK_USERS_2019,
    TIKTOK_ADS_2019,
    TIKTOK_IN_2019,
    TIKTOK_IN_HOURS_2019,
)
"""The assumptions that the start of December 2019 rests on."""
