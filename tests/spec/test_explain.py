# ruff: noqa: E501 - one case a line
from model.spec.parameters import declared_parameters
from model.spec.scenario import Scenario


def words(scenario):
    return " ".join(scenario.explain().split())


def test_baseline_in_full():
    first, *lines = Scenario.load("baseline").explain().splitlines()
    assert first == "baseline: The twenty markets from October 2022 on as observed, with nobody changing anything."
    assert " ".join(" ".join(lines[:2]).split()) == (
        "Runs 36 months, 2022-10 to 2025-09, in all 20 markets (IN, ID, BR, MX, AU, SG, PH, VN, TH, MY, TR, CO, AR, ZA, NG, "
        "EG, GB, DE, JP, US), with 10,000 simulated users per market at the start, seed 1, 1 replicate."
    )
    assert lines[2:] == [
        "Starts from the observed state on the first day of 2022-10 (month 0); flows are months 1 to 36.",
        "The internet grows along each market's trend, so newcomers arrive.",
        "All parameters have their declared values.",
        "All levers start as observed.",
        "Nothing happens on a date: no events.",
    ]


def test_months_without_events_are_told_as_spans():
    lines = Scenario.load("sony_returns").explain().splitlines()
    assert lines[-4:] == [
        "Month by month:",
        "  2022-10 (month 1): no event.",
        "  2022-11 (month 2): the label sony brings its catalogue to resso in IN, ID and BR (counterfactual).",
        "  2022-12 to 2025-09 (months 3 to 36): no event.",
    ]


def test_what_differs_from_the_defaults(make):
    line = declared_parameters()["theta"]
    scenario = make({"parameters.theta": 2.5, "growth": False, "replicates": 4, "months": 1, "markets": ["IN"]})
    told = words(scenario)
    assert "Runs 1 month, 2022-10 to 2022-10, in 1 market (IN)" in told
    assert "4 replicates." in told
    assert f"theta = 2.5 {line.unit} (declared {line.default:g}): {line.meaning}." in told
    assert "The internet does not grow: no newcomers arrive." in told


def test_levers_set_from_month_one(make):
    told = words(make({
        "platforms.spotify.price.IN.individual": 129.5, "platforms.resso.integration.ID": 0.667, "markets.ALL.sales_tax": 0.2,
        "platforms.resso.catalogue.IN.sony": False,
    }))  # fmt: skip
    assert "spotify individual: posted price 129.5 INR in IN (119 INR at the start)." in told
    assert "resso: integration with TikTok 0.667 (discovery in TikTok) in ID." in told
    assert "resso sony: whether the service may play the label no in IN." in told
    assert "sales tax inside prices 20% in ID, IN and US." in told


def test_events_tell_prices_before_sources_and_integration(make):
    told = words(make({"events": [
        {"date": "2022-11", "kind": "price_change", "platform": "spotify", "markets": ["IN"], "tier": "individual", "price": 129,
         "about": "tried", "source": "prc-0001"},
        {"date": "2023-01", "kind": "platform_enters", "platform": "tiktok_music", "markets": ["IN", "US"],
         "tiers": {"free_ads": 0, "premium": 9.5}, "integration": 1},
    ]}))  # fmt: skip
    assert (
        "2022-11 (month 2): spotify sets the price of its tier individual to 129 INR in IN (119 INR at the start; tried; "
        "prc-0001)." in told
    )
    assert (
        "2023-01 (month 4): tiktok_music enters IN and US with free_ads at no price and premium at 9.5 in local currency, "
        "integration with TikTok 1 (inside TikTok), marketing 1." in told
    )


def test_a_price_over_several_markets_tells_old_and_new_of_each(make):
    row = {"kind": "price_change", "platform": "spotify", "tier": "individual"}
    told = words(make({
        "platforms.spotify.price.ALL.individual": 40, "markets": ["IN", "US"],
        "events": [
            {**row, "date": "2022-11", "markets": ["IN", "US"], "price": 30},
            {**row, "date": "2022-12", "markets": ["US"], "price": 20},
        ],
    }))  # fmt: skip
    assert "posted price 40 in local currency in IN and US (IN 119 -> 40 INR, US 9.99 -> 40 USD)." in told
    assert "to 30 in local currency in IN and US (IN 40 -> 30 INR, US 40 -> 30 USD)." in told
    assert "to 20 USD in US (30 USD before)." in told
