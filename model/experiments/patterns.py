"""The patterns that the model must reproduce, each as target, model, and hit, miss, input or later; two of its start.

Every number comes from runs of the project's scenarios, with the run named beside it. Nothing is tuned to a pattern
here: `input` marks what the assimilation of the start sets.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from model.experiments.charts import pattern_p11
from model.experiments.history.scaling import region_people, world
from model.experiments.pattern import Pattern, all_within, given, judged, pattern_table, ranged
from model.experiments.pattern_runs import DEVELOPED, PatternRuns, at
from model.facts.start import load_start
from model.market.start_store import StartStore
from model.mechanisms.ad_growth import tiktok_patterns
from model.spec.parameters import Parameters


def patterns(
    *, starts: StartStore | None = None, users: int = 10_000, tell: Callable[[str], None] | None = None
) -> list[Pattern]:
    """Run what the patterns need and return them in order P1 to P14, then S1 and S2 on the start itself.

    users: simulated users per market. tell: called with the name of each run as it begins.
    """
    runs = PatternRuns(starts=starts or StartStore.default(), users=users, tell=tell or _say_nothing)
    found = [*spotify_history(runs), *start_levels(runs), *gaana(runs), *sony(runs), *income(runs), *elasticities(runs)]
    runs.tell("songs alone, two eras of charts")
    found += [*pattern_p11(), *tiktok_income()]
    return [*sorted(found, key=lambda pattern: int(pattern.name[1:].rstrip("abcdefgh"))), *start_holds(runs)]


def _say_nothing(_: str) -> None:
    """Stand in for a listener who is not there."""


LEVELS = (
    ("P2a", "users", "2020-12", 345.0, 5.0),
    ("P2b", "users", "2022-12", 489.0, 5.0),
    ("P2c", "payers", "2020-12", 155.0, 4.0),
    ("P2d", "payers", "2022-12", 205.0, 4.0),
)
"""P2: what Spotify reported at the ends of 2020 and 2022, millions in the world, and the tolerance in per cent."""


def spotify_history(runs: PatternRuns) -> list[Pattern]:
    """P1 to P5 from a plain run of the dated actions from December 2019; world totals by region, see `world`."""
    return [*spotify_levels(runs), *spotify_flows(runs)]


def spotify_levels(runs: PatternRuns) -> list[Pattern]:
    """P1 to P3: Spotify's users and payers in the world and in the Rest of World."""
    services, run = runs.services("history"), runs.id("history")
    people = {column: world(services, column) for column in ("users", "payers")}
    rest = {column: region_people(services, "Rest of World", column) for column in people}
    paying = 100.0 * people["payers"] / people["users"]
    reach = 100.0 * at(rest["users"] / people["users"], "2020-12")
    paying_there = 100.0 * at(rest["payers"] / rest["users"], "2020-12")
    levels = [
        ranged(name, f"Spotify {column}, world, {date}", "M", f"{target:g} ± {part:g}%", target * (1 - part / 100),
               target * (1 + part / 100), at(people[column], date) / 1e6, run)
        for name, column, date, target, part in LEVELS
    ]  # fmt: skip
    return [
        judged("P1a", "Spotify payers of users, world, June 2021", "%", 45.2, 1.5, at(paying, "2021-06"), run),
        judged("P1b", "Spotify payers of users, world, September 2022", "%", 42.8, 1.5, at(paying, "2022-09"), run),
        *levels,
        judged("P3a", "Rest of World's share of Spotify users, December 2020", "%", 19, 3, reach, run),
        judged("P3b", "payers of users there, December 2020", "%", 25, 3, paying_there, run),
    ]


def spotify_flows(runs: PatternRuns) -> list[Pattern]:
    """P4 and P5: how many payers leave in a month, and how many of the new ones come from the free tier."""
    services, run = runs.services("history"), runs.id("history")
    spotify = services[(services["platform"] == "spotify") & (services["month"] > 0)]
    year = spotify[spotify["month"] <= 13]
    gone = 100.0 * float(year["payers_gone"].sum() / year["payers_before"].sum())
    from_free = 100.0 * float(spotify["conversions_from_free"].sum() / spotify["gross_payer_adds"].sum())
    text = "monthly churn of payers, December 2019 to 2020"
    return [
        ranged("P4", text, "%", "3.5 to 4.5 ± 0.5", 3.0, 5.0, gone, run),
        judged("P5", "part of won payers who came from the free tier", "%", 60, 8, from_free, run),
    ]


def start_levels(runs: PatternRuns) -> list[Pattern]:
    """P6 and P7: levels of the start, which the assimilation sets, and Indonesia's split of streaming income."""
    services, markets, run = runs.services("baseline"), runs.markets("baseline"), runs.id("baseline")
    opening = services[services["month"] == 0]
    resso = opening[opening["platform"] == "resso"]
    there = markets[markets["month"] == 0].set_index("market")
    paying = 100.0 * there["people_paying"] / there["streamers"]
    of_all = 100.0 * there["people_paying"]["ID"] / load_start("2022-10").markets["ID"].population[2022]
    brazil = opening[opening["market"] == "BR"].set_index("platform")["users"]
    spotify = 100.0 * brazil["spotify"] / (brazil.sum() - brazil["resso"])
    text = "Indonesia, free listening in labels' streaming income (no video; terms and advertising level given)"
    return [
        given("P6a", "Resso users, three markets, opening", "M", "40 ± 25%", resso["users"].sum() / 1e6, run),
        given("P6b", "Resso payers of users", "%", "1 to 4", 100 * resso["payers"].sum() / resso["users"].sum(), run),
        given("P7a", "India, people paying of streamers", "%", "2.2 ± 1", paying["IN"], run),
        given("P7b", "Indonesia, people paying of all people", "%", "below 1", of_all, run),
        judged("P7c", text, "%", 44, 8, _free_income(runs, "ID"), run),
        given("P7d", "Brazil, people paying of streamers", "%", "38 ± 7", paying["BR"], run),
        given("P7e", "Brazil, Spotify of the users of services other than Resso", "%", "53 ± 7", spotify, run),
    ]


def _free_income(runs: PatternRuns, market: str) -> float:
    """Return the part of labels' royalties of the first year that free tiers pay, per cent."""
    money = runs.offers("baseline")
    year = money[money["month"].between(1, 12) & (money["market"] == market)]
    free = year[year["tier"].str.startswith("free")]["royalties"].sum()
    return 100.0 * float(free / year["royalties"].sum())


def gaana(runs: PatternRuns) -> list[Pattern]:
    """P8: what became of Gaana's free users, from a what-if on the same random numbers, Sony staying in both.

    They were about 20 of India's 208 M streamers: if all of them stopped listening to any service, a tenth would be
    gone; that is the lower edge of P8b.
    """
    with_it, without, run = runs.markets("gaana"), runs.markets("quiet_2022_06"), runs.id("gaana")
    closing, half_year = "2022-08", "2023-02"
    lost = runs.people("quiet_2022_06", "gaana", closing, market="IN") - runs.people(
        "gaana", "gaana", "2022-09", market="IN"
    )
    more = _value(with_it, "IN", half_year, "people_paying") - _value(without, "IN", half_year, "people_paying")
    audience = _value(with_it, "IN", half_year, "streamers") / _value(without, "IN", half_year, "streamers") - 1.0
    return [
        ranged(
            "P8a",
            "Gaana's free users who pay anywhere within 6 months of its closing",
            "%",
            "at most 10",
            -1.0,
            10.0,
            100 * more / lost,
            run,
        ),
        ranged(
            "P8b", "streamers in India, change by the closing", "%", "-10 to below 0", -10.0, -1e-9, 100 * audience, run
        ),
    ]


def sony(runs: PatternRuns) -> list[Pattern]:
    """P9: Sony leaving Resso, from a what-if on the same random numbers, Gaana's tier closed in both.

    The record knows sign and order only. Sony is about a sixth of listening there: a loss below 5% of Resso's users
    would be no loss of note, one above 75% the end of a service that went on.
    """
    run = runs.id("sony")
    markets = ("IN", "ID", "BR")
    kept = sum(runs.people("sony", "resso", "2023-08", market=m) for m in markets)
    else_ = sum(runs.people("gaana", "resso", "2023-08", market=m) for m in markets)
    earned, otherwise = (
        runs.label_income(name, "sony", markets, first="2022-09", last="2023-08") for name in ("sony", "gaana")
    )
    return [
        ranged(
            "P9a",
            "Resso users a year after Sony left",
            "% change",
            "-75 to -5",
            -75.0,
            -5.0,
            100 * (kept / else_ - 1),
            run,
        ),
        ranged(
            "P9b",
            "Sony's income of that year in the three markets, guarantees included",
            "% change",
            "within ± 10",
            -10.0,
            10.0,
            100 * (earned / otherwise - 1),
            run,
        ),
    ]


def income(runs: PatternRuns) -> list[Pattern]:
    """P10 and P13: label income against recorded-music figures; Spotify's margin, payments, advertising and hours.

    Contract terms and the level of advertising are given, so P10, P13a and P13b test volumes and mixes alone.
    """
    services, run = runs.services("baseline"), runs.id("baseline")
    year = services[services["month"].between(1, 12)]
    paid = year.groupby("market")["royalties"].sum()
    facts = load_start("2022-10").markets
    recorded = {m: facts[m].label_fact_less_video_usd_m or float("nan") for m in paid.index}
    ratios = {m: float(paid[m]) / 1e6 / recorded[m] for m in recorded}
    inside = sum(1 / 1.5 <= ratio <= 1.5 for ratio in ratios.values())
    missed = ", ".join(f"{m} {ratio:.2f}" for m, ratio in sorted(ratios.items()) if not 1 / 1.5 <= ratio <= 1.5)
    own = year[year["platform"] == "spotify"].sum(numeric_only=True)
    rights = float(own["royalties"] + own["publishing"]) / float(own["revenue"])
    text = "markets whose label income is within a factor 1.5 of the record (terms and advertising level given)" + (
        f" (outside: {missed})" if missed else ""
    )
    heard = float(own["hours"] / own["users"])
    return [
        ranged("P10", text, f"of {len(ratios)}", f"all {len(ratios)}", len(ratios), len(ratios), inside, run),
        judged(
            "P13a",
            "Spotify's gross margin, 20 markets (terms given)",
            "%",
            25,
            2,
            100 * float(own["gross_profit"]) / float(own["revenue"]),
            run,
        ),
        judged("P13b", "Spotify's payments to rights holders of revenue (terms given)", "%", 68, 2, 100 * rights, run),
        given(
            "P13c",
            "advertising in Spotify's revenue, 20 markets (all services' advertising is set per free listener)",
            "%",
            "12.6 in the world, podcasts included",
            100 * float(own["revenue_ads"]) / float(own["revenue"]),
            run,
        ),
        judged("P13d", "hours per monthly user of Spotify and month", "h", 24, 4, heard, run),
    ]


def tiktok_income() -> list[Pattern]:
    """P14: TikTok's advertising income of 2022, foretold from the two years before by the cleared market alone."""
    found = tiktok_patterns(load_start("2022-10"), parameters=Parameters())
    return [
        Pattern(
            one.name, one.text, one.unit, one.target, one.low, one.high, one.model, one.verdict, "advertising alone"
        )
        for one in found
    ]


def elasticities(runs: PatternRuns) -> list[Pattern]:
    """P12: prices up by 10% against unchanged prices, same random numbers.

    a, b: expected flows of one month, all Spotify prices up. c: people who pay after a year, prices of all services up.
    """
    run = runs.id("dearer")
    flows, base = runs.flows("dearer"), runs.flows("baseline")
    won, won_base = _new_payers(flows), _new_payers(base)
    kept, kept_base = _kept(flows), _kept(base)
    step = np.log(1.1)
    return [
        ranged(
            "P12a",
            "own-price elasticity of brand choice, new adopters",
            "",
            "-2.5 (-4 to -1.5)",
            -4.0,
            -1.5,
            np.log(won / won_base) / step,
            run,
        ),
        ranged(
            "P12b",
            "own-price elasticity of retention",
            "",
            "-0.2 (-0.5 to -0.05)",
            -0.5,
            -0.05,
            np.log(kept / kept_base) / step,
            run,
        ),
        ranged(
            "P12c",
            "elasticity of people paying, developed markets, a year after all services' prices rose",
            "",
            "-0.8 (-1.3 to -0.4)",
            -1.3,
            -0.4,
            np.log(_paying(runs, "all_dearer") / _paying(runs, "baseline")) / step,
            runs.id("all_dearer"),
        ),
    ]


def start_holds(runs: PatternRuns) -> list[Pattern]:
    """S1 and S2: services above 2% of addressable people meet their target at the start, and stay if nothing happens.

    Expected users of the spin-up's last months against the target; then the mean of replicates after 36 months without
    growth against it. A service's users are those of all its tiers, as main or second service.
    """
    run = runs.id("still")
    result = runs.result("still")
    cells = result.start.groupby(["market", "platform"], observed=True)[["target_users", "settled_users"]].sum()
    cells /= result.start["replicate"].nunique()
    opening = result.markets[result.markets["month"] == 0].groupby("market", observed=True)["people"].first()
    people = opening.reindex(cells.index.get_level_values("market")).to_numpy()
    big = cells[cells["target_users"] > 0.02 * people]
    met = big["settled_users"] / big["target_users"] - 1.0
    last = result.services[result.services["month"] == result.card.months]
    after = last.groupby(["market", "platform"], observed=True)["users"].mean()
    drift = after.reindex(big.index) / big["target_users"] - 1.0
    return [
        all_within("S1", "expected users at the start within 3% of the target", met, 0.03, run),
        all_within("S2", "users after 36 quiet months within 5% of the target, mean of 8 replicates", drift, 0.05, run),
    ]


PAID = ("mini", "student", "individual", "family_per_head", "premium")


def _new_payers(flows: pd.DataFrame) -> float:
    """Expected people who take a paid tier of Spotify in month 1, not having had any service of Spotify."""
    first = flows[(flows["month"] == 1) & (flows["to_platform"] == "spotify") & flows["to_tier"].isin(PAID)]
    return float(first[first["from_platform"] != "spotify"]["expected"].sum())


def _kept(flows: pd.DataFrame) -> float:
    """Part of Spotify's payers (main service) who still are after month 1; who did not reconsider counts as kept."""
    first = flows[(flows["month"] == 1) & (flows["from_platform"] == "spotify") & flows["from_tier"].isin(PAID)]
    stays = (first["to_platform"] == "spotify") & first["to_tier"].isin(PAID)
    return 1.0 - float(first[~stays]["expected"].sum()) / float(flows.attrs["payers"])


def _paying(runs: PatternRuns, name: str) -> float:
    """People who pay for any service after twelve months in the developed markets."""
    markets = runs.markets(name)
    last = markets[(markets["month"] == 12) & markets["market"].isin(DEVELOPED)]
    return float(last["people_paying"].sum())


def _value(markets: pd.DataFrame, market: str, date: str, column: str) -> float:
    return float(markets[(markets["market"] == market) & (markets["date"] == date)][column].iloc[0])


__all__ = ["Pattern", "pattern_table", "patterns"]
