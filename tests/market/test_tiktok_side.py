"""TikTok and advertising beside the music: what is conserved, what answers what, and what must not change."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from model.experiments.run import run as run_scenario
from model.facts.start import load_start
from model.foundation.threads import exactly
from model.market.record import MarketMonth
from model.market.start_store import StartStore
from model.market.streaming_market import StreamingMarket
from model.market.world import World
from model.spec.scenario import Scenario
from model.spec.settings import Setting
from model.state.ad_markets import AUDIO, CHANNELS, INFEED, REWARDED, TOPVIEW

STARTS = StartStore(None)
GOOGLE = CHANNELS.index("google")
MAJORS = ("universal", "sony", "warner")


def market(months: int = 0, **changes: object) -> StreamingMarket:
    plan = {"users": 800, "months": 8, "markets": ["BR", "ID"], "growth": False, **changes}
    run = StreamingMarket(Scenario.load("baseline").replace(plan), starts=STARTS)
    run.run(months)
    return run


def muted(*labels: str, markets: tuple[str, ...] = ("BR", "ID")) -> list[Setting]:
    return [Setting("clips", market, "", label, 0.0) for market in markets for label in labels]


def of(world: World | StreamingMarket, place: str, month: int = -1) -> MarketMonth:
    return [one for one in world.records if one.market == place and one.tiktok is not None][month]


def lever(name: str, value: float, place: str = "BR") -> list[Setting]:
    return [Setting(name, place, "", "", value)]


def ahead(run: StreamingMarket, settings: list[Setting], *, months: int = 1, **changes: object) -> World:
    fork = run.fork(settings=settings, **changes)  # type: ignore[arg-type]
    fork.run(months)
    return fork


def same(one: MarketMonth, other: MarketMonth) -> bool:
    """Whether two months of a market are the same in people, money, songs, advertising and creators."""
    assert one.settlement is not None
    assert other.settlement is not None
    assert one.tiktok is not None
    assert other.tiktok is not None
    a, b = one.tiktok, other.tiktok
    arrays = [
        (one.activity.users, other.activity.users), (one.activity.hours, other.activity.hours),
        (one.settlement.royalties, other.settlement.royalties), (a.pull, b.pull), (a.uses, b.uses),
        (a.channel_price, b.channel_price), (a.spending, b.spending), (a.clip_fees, b.clip_fees),
    ]  # fmt: skip
    numbers = [(getattr(a, name), getattr(b, name)) for name in
               ("users", "hours", "infeed", "topview", "shop_income", "creators_paid", "costs", "distribution",
                "activity", "creator_income")]  # fmt: skip
    return all(np.array_equal(x, y) for x, y in arrays) and all(
        x == y or (np.isnan(x) and np.isnan(y)) for x, y in numbers
    )


@pytest.fixture(scope="module")
def run() -> StreamingMarket:
    return market(1)


@pytest.mark.parametrize("place", ["ID", "BR", "US"])
def test_tiktok_earns_at_the_opening_what_the_start_says(place: str) -> None:
    facts = load_start().markets[place].tiktok
    lived = of(market(1, markets=[place], growth=False), place).tiktok
    assert lived is not None
    assert lived.ad_income * 12.0 == pytest.approx(facts.ad_revenue_usd_m.value * 1e6, rel=0.03)
    assert lived.hours == pytest.approx(facts.adult_mau_m * 1e6 * facts.hours_per_user_month, rel=0.01)
    shop = lived.hours * facts.shop_gmv_per_user_hour_usd * facts.shop_take_rate
    assert lived.shop_income == pytest.approx(shop)
    assert lived.hour_causes["clips"] == lived.hour_causes["load"] == 1.0


def test_hours_are_users_times_hours_times_the_four_answers() -> None:
    run = market(4, growth=True)
    for place in ("BR", "ID"):
        facts = load_start().markets[place].tiktok
        for month in range(4):
            lived = of(run, place, month).tiktok
            assert lived is not None
            factor = float(np.prod(list(lived.hour_causes.values())))
            assert lived.hours == pytest.approx(lived.users * facts.hours_per_user_month * factor, rel=1e-12)


def test_money_of_advertising_is_conserved_from_advertisers_to_channels_and_the_books(run: StreamingMarket) -> None:
    booked = run.ledger.flows()
    for place in ("BR", "ID"):
        record = of(run, place)
        lived = record.tiktok
        assert lived is not None
        assert record.settlement is not None
        assert lived.spending[:, INFEED].sum() == pytest.approx(lived.infeed, rel=1e-9)
        assert lived.spending[:, TOPVIEW].sum() == pytest.approx(lived.topview, rel=1e-9)
        paid = booked["amount_usd"][booked["payer"] == f"advertisers:{place}"].sum()
        assert paid == pytest.approx(lived.ad_income + record.settlement.income.ads.sum(), rel=1e-9)
        assert record.settlement.income.ads.sum() <= lived.spending[:, [AUDIO, REWARDED]].sum() * (1.0 + 1e-9)
        assert run.ledger.balances()[f"platform:tiktok:{place}"] == pytest.approx(lived.profit, rel=1e-9)
    assert sum(run.ledger.balances().values()) == pytest.approx(0.0, abs=1e-9 * booked["amount_usd"].sum())


def test_muting_moves_listening_between_labels_but_makes_none(run: StreamingMarket) -> None:
    usual = ahead(run, [])
    quiet = ahead(run, muted("universal"), overrides={"parameters.promotion_new": 0.0})
    for place in ("BR", "ID"):
        before, after = of(usual, place).activity, of(quiet, place).activity
        np.testing.assert_array_equal(before.users, after.users)  # people had chosen before they listened
        assert after.hours.sum() == pytest.approx(before.hours.sum(), rel=1e-5)
        label = of(usual, place).labels.index("universal")
        assert after.hours[:, label].sum() < before.hours[:, label].sum()


def test_without_a_licence_there_are_no_uses_and_without_tiktok_none_at_all(run: StreamingMarket) -> None:
    usual, quiet = ahead(run, []), ahead(run, muted("sony", markets=("BR",)))
    label = of(usual, "BR").labels.index("sony")
    before, after = of(usual, "BR").tiktok, of(quiet, "BR").tiktok
    assert before is not None
    assert after is not None
    assert before.uses[label] > 0.0
    assert after.uses[label] == after.clip_fees[label] == 0.0
    others = np.arange(len(before.uses)) != label
    np.testing.assert_array_equal(after.uses[others], before.uses[others])  # each song's uses are its own
    banned = of(ahead(run, lever("tiktok", 0.0)), "BR").tiktok
    assert banned is not None
    assert not banned.uses.any()
    assert (banned.hours, banned.ad_income, banned.users) == (0.0, 0.0, 0.0)


def test_the_price_of_music_advertising_falls_with_its_supply(run: StreamingMarket) -> None:
    usual = ahead(run, [])
    more = ahead(run, [], overrides={"platforms.spotify.ad_load.BR.free_ads": 6.0})
    before, after = of(usual, "BR").tiktok, of(more, "BR").tiktok
    assert before is not None
    assert after is not None
    assert after.channel_price[AUDIO] < before.channel_price[AUDIO]
    settled = [of(world, "BR").settlement for world in (usual, more)]
    assert all(one is not None for one in settled)
    income = [one.income.ads.sum() for one in settled if one is not None]
    assert income[0] < income[1]
    assert same(of(usual, "ID"), of(more, "ID"))


def test_prices_rise_with_budgets_and_fall_with_tiktok_s_own_load() -> None:
    grown = market(growth=True)
    slow = ahead(grown, [], months=4, overrides={"parameters.ad_budget_growth": 0.0})
    fast = ahead(grown, [], months=4, overrides={"parameters.ad_budget_growth": 0.5})
    low, high = of(slow, "BR").tiktok, of(fast, "BR").tiktok
    assert low is not None
    assert high is not None
    assert (high.channel_price > low.channel_price).all()
    still = market()
    loaded, usual = (of(world, "BR").tiktok for world in (ahead(still, lever("tiktok_ad_load", 2.0)), ahead(still, [])))
    assert loaded is not None
    assert usual is not None
    assert loaded.channel_price[INFEED] < usual.channel_price[INFEED]
    assert loaded.infeed > usual.infeed  # demand is elastic
    assert loaded.hours < usual.hours  # people mind
    assert loaded.channel_price[GOOGLE] < usual.channel_price[GOOGLE]  # advertisers leave it for TikTok


def test_each_lever_of_tiktok_moves_its_own_account(run: StreamingMarket) -> None:
    def lived(settings: list[Setting], months: int = 1) -> Mapping[str, float]:
        found = of(ahead(run, settings, months=months), "BR").tiktok
        assert found is not None
        names = ("infeed", "topview", "shop_income", "creators_paid", "creator_income", "activity", "hours")
        return {name: float(getattr(found, name)) for name in names}

    usual = lived([])
    assert lived(lever("topview_days", 2.0))["topview"] > usual["topview"]
    assert lived(lever("topview_days", 0.0))["topview"] == 0.0
    shop = lived(lever("shop_sales", 0.5))
    assert usual["shop_income"] == 0.0  # none in Brazil at the start
    assert shop["shop_income"] == pytest.approx(0.5 * 0.03 * shop["hours"])
    generous, mean = (lived(lever("creator_share", part), months=3) for part in (1.0, 0.0))
    for name in ("creators_paid", "creator_income", "activity", "hours"):
        assert generous[name] > mean[name], name


def earned(world: World, label: str, place: str = "BR") -> float:
    """Royalties, clip fees and free video of a label over the months of a fork."""
    total = 0.0
    for record in world.records:
        if record.market == place and record.settlement is not None and record.tiktok is not None:
            column = record.labels.index(label)
            total += float(record.settlement.label_income[column])
    return total


def test_a_label_that_leaves_alone_loses_more_streaming_income_than_if_all_leave() -> None:
    run = market(0, users=3000, markets=["BR"])
    everybody = of(ahead(run, []), "BR").labels
    usual = ahead(run, [], months=4)
    together = ahead(run, muted(*everybody, markets=("BR",)), months=4)
    for label in MAJORS:
        alone = ahead(run, muted(label, markets=("BR",)), months=4)
        lost_alone = 1.0 - earned(alone, label) / earned(usual, label)
        lost_together = 1.0 - earned(together, label) / earned(usual, label)
        assert lost_alone > lost_together, label
        assert lost_alone > 0.0, label
        others = [other for other in MAJORS if other != label]
        assert sum(earned(alone, one) for one in others) > sum(earned(usual, one) for one in others)
    hours = [of(world, "BR").tiktok for world in (usual, alone, together)]
    times = [one.hours for one in hours if one is not None]
    assert times[0] > times[1] > times[2]


@pytest.mark.parametrize("month", [0, 3])
def test_a_fork_without_a_change_has_the_same_songs_advertising_and_creators(month: int) -> None:
    run = market(month, growth=True)
    fork = run.fork()
    months = fork.run(6 - month)
    run.run(6 - month)
    lived = [record for record in run.records if record.month > month]
    assert len(months) == len(lived) > 0
    assert all(same(a, b) for a, b in zip(months, lived, strict=True))
    assert fork.ledger.balances() == run.ledger.balances()


def test_a_fork_of_some_markets_lives_them_as_all_do() -> None:
    run = market(2, markets=["BR", "ID", "IN"])
    whole, part = run.fork(), run.fork(markets=["ID"])
    whole.run(3)
    part.run(3)
    assert {record.market for record in part.records} == {"ID"}
    mine = [record for record in whole.records if record.market == "ID"]
    assert all(same(a, b) for a, b in zip(mine, part.records, strict=True))


def test_a_decision_fork_draws_other_songs_and_the_same_in_both_arms() -> None:
    run = market(1)
    ahead_of_run, decision = run.fork(), run.fork(draws="decision")
    twin = run.fork(draws="decision")
    for world in (ahead_of_run, decision, twin):
        world.run(3)
    one, other, again = (of(world, "BR").tiktok for world in (ahead_of_run, decision, twin))
    assert one is not None
    assert other is not None
    assert again is not None
    assert not np.array_equal(one.pull, other.pull)
    np.testing.assert_array_equal(other.pull, again.pull)


def test_adding_a_market_changes_no_other_s_songs_advertising_or_creators() -> None:
    one, more = market(3, markets=["BR", "ID"]), market(3, markets=["US", "ID", "IN", "BR"])
    for place in ("BR", "ID"):
        for month in range(3):
            assert same(of(one, place, month), of(more, place, month)), (place, month)


def test_one_thread_and_three_give_the_same_to_the_last_bit() -> None:
    found = []
    for threads in (1, 3):
        with exactly(threads):
            found.append(market(3, markets=["BR", "ID", "IN"], growth=True))
    one, three = found
    flow = [(a, b) for a, b in zip(one.records, three.records, strict=True) if a.month]
    assert all(same(a, b) for a, b in flow)
    for name, column in one.ledger.flows().items():
        np.testing.assert_array_equal(column, three.ledger.flows()[name])
    for a, b in flow:
        assert a.charts is not None
        assert b.charts is not None
        np.testing.assert_array_equal(a.charts.songs, b.charts.songs)
        np.testing.assert_array_equal(a.charts.overall, b.charts.overall)


RETURN = {"date": "2023-01", "kind": "tiktok_return", "markets": ["IN"]}
TIE = {"date": "2023-01", "kind": "integration_change", "platform": "resso", "markets": ["IN"], "integration": 1.0}


def test_india_is_0_under_the_ban_and_comes_back_by_the_event() -> None:
    levers = {"tiktok_ad_load": 2.0, "shop_sales": 1.0, "creator_share": 1.0, "topview_days": 3.0}
    at_start = [{**TIE, "date": "2022-10"}, *(
        {"date": "2022-10", "kind": kind, "markets": ["IN"], name: levers[name]}
        for kind, name in (("tiktok_ad_load_change", "tiktok_ad_load"), ("shop_change", "shop_sales"),
                           ("creator_share_change", "creator_share"), ("topview_change", "topview_days"))
    )]  # fmt: skip
    banned = market(6, markets=["IN"], events=at_start)
    for month in range(6):
        lived = of(banned, "IN", month).tiktok
        assert lived is not None
        money = (lived.ad_income, lived.shop_income, lived.games, lived.creators_paid, lived.costs)
        assert (lived.users, lived.hours, *money) == (0.0,) * 7
        assert not lived.uses.any()
        assert not lived.clip_fees.any()
    back = market(6, markets=["IN"], events=[RETURN, TIE])
    before, after = (of(back, "IN", month).tiktok for month in (2, 3))
    assert before is not None
    assert after is not None
    assert (before.hours, before.ad_income) == (0.0, 0.0)
    assert after.users > 1e8
    assert after.hours > 0.0
    assert after.uses.any()
    assert after.hour_causes["integration"] > 1.0
    # Creators are back with the people: fewer of them than of users, active as before, and paid.
    assert (before.creators, before.creators_paid) == (0.0, 0.0)
    assert np.isnan(before.creator_income)
    assert 0.005 * after.users < after.creators < 0.02 * after.users
    assert after.activity == pytest.approx(1.0, abs=0.02)
    assert after.creators_paid > 0.0
    generous = [{"date": "2023-01", "kind": "creator_share_change", "markets": ["IN"], "creator_share": 1.0}]
    richer = of(market(6, markets=["IN"], events=[RETURN, TIE, *generous]), "IN").tiktok
    usual = of(back, "IN").tiktok
    assert richer is not None
    assert usual is not None
    for name in ("creators_paid", "creator_income", "activity", "hours"):
        assert getattr(richer, name) > getattr(usual, name), name


def test_a_return_to_india_brings_advertising_by_the_law_of_the_other_markets() -> None:
    back = of(market(4, markets=["IN"], events=[RETURN]), "IN").tiktok
    there = {place: of(market(1, markets=[place]), place).tiktok for place in ("ID", "US")}
    assert back is not None
    each = {place: lived.ad_income / lived.users for place, lived in there.items() if lived is not None}
    heads = {place: facts.ads.digital_ad_spend_usd_bn.value / facts.population[2022]
             for place, facts in load_start().markets.items()}  # fmt: skip
    of_india = back.ad_income / back.users
    assert there["ID"] is not None
    hours = back.hours / back.users / (there["ID"].hours / there["ID"].users)
    expected = each["ID"] * hours * (heads["IN"] / heads["ID"]) ** 0.73
    assert expected / 1.5 < of_india < 1.5 * expected
    assert of_india < each["ID"] < each["US"]


def test_lifting_the_ban_ties_a_service_to_tiktok_s_users_and_takes_money_from_rivals() -> None:
    plain, back = market(6, markets=["IN"]), market(6, markets=["IN"], events=[RETURN, TIE])
    before, after = of(plain, "IN"), of(back, "IN")
    resso = 1 + after.offers.index(("resso", "free_ads"))
    assert after.expected is not None
    assert before.expected is not None
    assert after.expected[:, resso].sum() > before.expected[:, resso].sum()
    assert after.tiktok is not None
    assert before.tiktok is not None
    assert after.tiktok.spending[:, GOOGLE].sum() < before.tiktok.spending[:, GOOGLE].sum()


def test_an_entrant_that_nobody_can_take_changes_nothing_at_all() -> None:
    enters = {"date": "2022-12", "kind": "platform_enters", "platform": "entrant", "markets": ["BR"],
              "tiers": {"premium": 1e6}, "marketing": 0.0, "unusual": True}  # fmt: skip
    alone, beside = market(5), market(5, events=[enters])
    for place in ("BR", "ID"):
        for month in range(5):
            one, other = of(alone, place, month), of(beside, place, month)
            assert one.tiktok is not None
            assert other.tiktok is not None
            for name in ("pull", "uses", "channel_price", "spending", "clip_fees"):
                np.testing.assert_array_equal(getattr(one.tiktok, name), getattr(other.tiktok, name), err_msg=name)
            assert one.tiktok.profit == other.tiktok.profit
            known = [0, *(1 + other.offers.index(offer) for offer in one.offers)]
            np.testing.assert_array_equal(one.activity.hours, other.activity.hours[known])
            assert one.settlement is not None
            assert other.settlement is not None
            np.testing.assert_array_equal(one.settlement.royalties, other.settlement.royalties[known])


def test_a_market_where_no_service_advertises_has_no_price_and_no_income() -> None:
    base = Scenario.load("baseline")
    closed = {f"platforms.{service}.open.SG.{tier}": False
              for (market, service), tiers in base.names.tiers.items() if market == "SG"
              for tier in tiers if tier.startswith("free")}  # fmt: skip
    still = {"parameters.spoken_ad_load": 0.0, "markets": ["SG"], "users": 500, "months": 2}
    result = run_scenario(base.replace({**closed, **still}))
    audio = result.advertising.query("channel == 'music_audio'")
    assert len(audio) == 2
    assert audio["ad_price"].isna().all()
    assert result.services.query("month > 0")["revenue_ads"].sum() == 0.0
    assert np.isfinite(result.services.query("month > 0")["operating_income"]).all()


def test_where_a_return_would_bring_nobody_nothing_is_divided_by_nobody() -> None:
    run = market(3, markets=["IN", "BR"], parameters={"banned_tiktok_share": 0.0})
    india = of(run, "IN").tiktok
    assert india is not None
    assert india.users == india.hours == india.ad_income == 0.0
    assert run.world.tiktok.opening.load[0] == 0.0
    back = ahead(run, lever("tiktok", 1.0, "IN"), months=2)
    returned = of(back, "IN").tiktok
    assert returned is not None
    assert returned.users == returned.hours == 0.0


def test_own_distribution_of_all_music_leaves_the_pull_finite() -> None:
    run = market(parameters={"own_ceiling": 1.0, "own_start": 0.5, "own_speed": 5.0})
    side, country = run.world.tiktok, run.countries["BR"]
    pull, tail = np.ones((2, len(country.labels))), country.labels.index("long_tail")
    for months in (0, 24, 90, 1200):
        found = side._pull(country, pull, months=months, parameters=run.plan.parameters)
        assert np.isfinite(found).all()
        assert (found * country.repertoire).sum() == pytest.approx(1.0)  # attention moves between labels
    assert found[tail] == pytest.approx(1.0 / country.repertoire[tail])
    assert not np.delete(found, tail).any()
