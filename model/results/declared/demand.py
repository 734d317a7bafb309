"""Columns on people: who listens where, who pays, who comes and goes, and how they would answer."""

from model.results.measures import Adding, Kind, Measure, Summary

CHOICE = ("@population", "@demand", "@trends")
OPENING = ("people", "platforms", "offers")


def _people(name: str, label: str, meaning: str, *, columns: str = "", parameters: tuple[str, ...] = CHOICE,
            facts: tuple[str, ...] = OPENING, summary: Summary = "last") -> Measure:  # fmt: skip
    return Measure(name, label, "people", summary, "sum", meaning, columns=tuple(columns.split()),
                   parameters=parameters, facts=facts)  # fmt: skip


def _flow(name: str, label: str, meaning: str, columns: str = "") -> Measure:
    return _people(name, label, meaning, columns=columns, summary="sum")


def _ratio(name: str, label: str, meaning: str, *, weight: str, columns: str, summary: Summary = "last",
           unit: str = "share", parameters: tuple[str, ...] = (), facts: tuple[str, ...] = ()) -> Measure:  # fmt: skip
    return Measure(name, label, unit, summary, "weighted", meaning, weight=weight, columns=tuple(columns.split()),
                   parameters=parameters, facts=facts)  # fmt: skip


def _given(name: str, label: str, unit: str, meaning: str, *, weight: str = "", kind: Kind = "number",
           summary: Summary = "mean", facts: tuple[str, ...] = ("offers",)) -> Measure:  # fmt: skip
    adds: Adding = "weighted" if weight else "none"
    return Measure(name, label, unit, summary, adds, meaning, weight=weight, facts=facts, kind=kind)


MEASURES = (
    _given("is_open", "Open", "yes or no", "whether the offer can be taken in this month", kind="flag", summary="last"),
    _people("users", "Monthly users", "people who use it as main or second service (MAU)",
            columns="main_users second_users"),
    _people("main_users", "Main users", "people whose main service it is"),
    _people("second_users", "Second users", "people who use it beside another main service",
            columns="users main_users"),
    _people("payers", "Payers",
            "people on paid accounts, each family member counted, trials included; bundles are not payers"),
    _people("in_trial", "In trial", "people on a paid tier inside their trial"),
    _people("subscriptions", "Subscriptions", "paid accounts: payers, a family of several counted once",
            columns="payers",
            parameters=("family_size",), facts=()),
    _flow("gross_adds", "Gross adds", "people who took the offer as main service from any other option, as simulated"),
    _flow("gross_adds_expected", "Gross adds, expected",
          "sum of the probabilities that people took the offer as main service from any other option"),
    _flow("churned", "Leavers", "people who left the offer as main service for any other option, as simulated"),
    _flow("churned_expected", "Leavers, expected",
          "sum of the probabilities that people left the offer as main service for any other option"),
    _flow("gross_payer_adds", "Gross payer adds, expected",
          "expected people who took a paid tier and were not on a paid tier of the same service"),
    _flow("conversions_from_free", "Conversions from free, expected",
          "expected people who took a paid tier from a free tier (with adverts or rewarded) of the same service"),
    _flow("payers_gone", "Payers gone, expected",
          "expected people who ended a paid tier without taking another of the same service"),
    _flow("joined", "Joined, expected",
            "expected people who took the service as main service from outside or another service"),
    _flow("left", "Left, expected",
            "expected people who left the service as main service for outside or another service"),
    _people("payers_before", "Payers at the start of the month", "payers of the month before", columns="payers",
            summary="mean"),
    Measure("hours", "Hours listened", "person-hours per month", "sum", "sum",
            "hours of music, those of the second service at their share, less what spoken word takes",
            parameters=("hours_mean", "second_hours_share", "spoken_new"), columns=("users", "spoken_hours"),
            facts=("people", "offers")),
    Measure("spoken_hours", "Hours of spoken word", "person-hours per month", "sum", "sum",
            "hours of podcasts and audiobooks that the service offers beyond those of the start; no music royalty",
            parameters=("hours_mean", "spoken_share"), columns=("users",), facts=("people", "offers")),
    _given("price_local", "Price", "local currency per month and head", "posted price, tax included"),
    _given("price_usd", "Price", "USD per month and head", "posted price, tax included, at the average rate of 2022",
           weight="users", facts=("offers", "people")),
    _given("ad_load", "Ad load", "minutes per hour", "minutes of advertising in an hour of listening", weight="hours"),
    _ratio("elasticity", "Own-price elasticity",
            "relative change of the offer's expected inflow per relative change of its price",
           weight="gross_adds_expected", columns="gross_adds_expected price_usd", summary="mean", unit="elasticity",
           parameters=CHOICE, facts=OPENING),
    _ratio("conversion", "Paying share of users", "payers / users, a stock ratio", weight="users",
            columns="payers users"),
    _ratio("mau_share", "Share of monthly users", "users / sum of users over services", weight="mau_sum",
            columns="users mau_sum"),
    _ratio("reach", "Reach", "users / streamers; adds to more than 1 over services", weight="streamers",
            columns="users streamers"),
    _ratio("stock_share", "Share of people", "main users / addressable people; adds to 1 with the outside option",
           weight="people", columns="main_users people"),
    _ratio("free_to_paid_share", "Payer adds from free", "conversions from free / gross payer adds",
           weight="gross_payer_adds", columns="conversions_from_free gross_payer_adds", summary="mean"),
    _ratio("payer_churn", "Payer churn, expected", "payers gone / payers at the start of the month",
           weight="payers_before", columns="payers_gone payers_before", summary="mean", unit="share per month"),
    _ratio("catalogue_share", "Playable catalogue",
            "sum over labels of repertoire share where the service may play the label",
           weight="users", columns="is_available", facts=("repertoire", "deals")),
    _given("is_available", "Playable", "yes or no", "whether the service may play the label", kind="flag",
            summary="last",
           facts=("deals",)),
    _people("people", "Addressable people", "people aged 13 and older online", parameters=("online_cap",
            "growth_fade"), facts=("people",)),
    _people("streamers", "Streamers", "people with a main service", columns="people main_users"),
    _people("people_paying", "People who pay", "distinct people on a paid tier of any service"),
    _people("mau_sum", "Users over services", "sum of monthly users over services; people with two count twice",
            columns="users"),
    _ratio("hhi", "Concentration of users",
            "Herfindahl index of the services' shares of users: 10,000 times the sum of squared shares",
           weight="mau_sum", columns="users", unit="points"),
    Measure("consumer_surplus", "Consumer surplus", "PPP USD per person and month", "mean", "weighted",
            "worth of the services to addressable people above doing without, at their own weight on price",
            weight="people", parameters=CHOICE, facts=OPENING, columns=("price_usd",)),
    _flow("count", "Moves",
          "people who reconsidered and moved between two options of main service (the same: stayed), as simulated"),
    _flow("expected", "Moves, expected", "sum of the probabilities of these moves over those who reconsidered"),
    _ratio("diversion_ratio", "Diversion",
            "part of the people lost by a small price rise of all paid tiers of a service that another gains",
           weight="mau_sum", columns="expected", parameters=CHOICE, facts=OPENING, summary="mean"),
    _people("target_users", "Users wanted", "users that the start state gives for the offer", parameters=(),
            facts=("offers",)),
    _people("settled_users", "Users settled", "expected users of the offer over the last months of the spin-up",
            columns="target_users"),
)  # fmt: skip
