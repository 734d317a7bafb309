"""Settlement by hand, and what must hold for any activity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.foundation.errors import InputError
from model.mechanisms.settlement import settle
from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.deals import Terms
from model.state.finance import MarketFinance, app_store_fee, minimum_weight, offer_finance
from model.state.ledger import Ledger

OCTOBER = 2022 * 12 + 9
PLAIN = Parameters({
    "payment_cost": 0.02, "ad_sales_cost": 0.1, "bundle_fee_share": 0.12, "ads_per_minute": 2, "streams_per_hour": 15,
    "family_size": 4, "family_minimum_multiple": 1.5, "student_minimum_multiple": 0.5, "trial_minimum_share": 0.25,
    "hosting_per_hour": 0.001, "other_content_cost": 0.03, "marketing_cost": 0.1, "research_cost": 0.1,
    "administration_cost": 0.05,
})  # fmt: skip
TIERS = ["", "free_ads", "individual", "family_per_head", "student", "bundle", "free_rewarded", "premium"]
SERVICE = [-1, 0, 0, 0, 0, 0, 1, 1]
SERVICES, LABELS = ("spotify", "resso"), ("sony", "zee", "long_tail")
RATES = MarketFinance("IN", sales_tax=0.25, app_store_fee=0.15, audio_cpm_usd=1.2, audio_fill=0.5,
rewarded_ecpm_usd=3.0,
                      rewarded_fill=0.8)  # fmt: skip
OPTIONS, N = len(TIERS), (len(TIERS), len(LABELS))


def offers(parameters=PLAIN, **changes):
    columns = {
        "platform": SERVICE, "n_platforms": 2, "price_usd": [0, 0, 10.0, 4.0, 5.0, 0, 0, 2.0],
        "price_ios_usd": [np.nan] * 7 + [3.0], "app_store_share": [0, 0, 0.5, 0, 0, 0, 0, 0.7],
        "ad_load": [0, 2.5, 0, 0, 0, 0, 1.0, 0], "bundle_reference_usd": [0, 0, 0, 0, 0, 10.0, 0, 0],
    }  # fmt: skip
    return offer_finance(TIERS, **{**columns, **changes}, parameters=parameters)


def terms(**changes):
    shape = (len(SERVICES), len(LABELS))
    base = Terms(
        market="IN", platforms=SERVICES, labels=LABELS, rev_share_paid=np.full(shape, 0.5),
        rev_share_free=np.full(shape, 0.6), per_subscriber_minimum_usd=np.zeros(shape),
        per_stream_minimum_usd=np.zeros(shape), rev_share_rewarded=np.full(shape, 0.6),
        per_stream_minimum_rewarded_usd=np.zeros(shape), publisher_paid=np.full(2, 0.1), publisher_free=np.full(2, 0.2),
        in_force=np.ones(shape, dtype=bool), deal=np.full(shape, -1),
    )  # fmt: skip
    return replace(base, **changes)


def activity(**changes):
    zeros = {name: np.zeros(OPTIONS) for name in ("users", "main_users", "billed", "in_trial")}
    return MarketActivity(**{**zeros, "hours": np.zeros(N), "billed_usage": np.zeros(N), **changes})


def at(option, value, width=None):
    """Return zeros with a value (or a row over labels) at one option."""
    found = np.zeros(OPTIONS if width is None else (OPTIONS, width))
    found[option] = value
    return found


def run(what, *, deal=None, parameters=PLAIN, ledger=None, offered=None):
    return settle(what, offers=offered or offers(), finance=RATES, terms=deal or terms(), parameters=parameters,
                  month=OCTOBER, ledger=ledger)  # fmt: skip


def line(settlement, name):
    return settlement.accounts()[name].tolist()


def test_an_individual_plan_by_hand():
    # 100 payers at 10 USD, tax 25% on the net price: 800 net of tax; half pay in the store: 400 x 15% = 60;
    # the other half's payments cost 2% of 500 = 10; net 730; labels 50% = 365 by hours 3 : 1; publishers 73.
    ledger = Ledger()
    done = run(activity(billed=at(2, 100), users=at(2, 100), hours=at(2, [1500, 500, 0], 3)), ledger=ledger)
    assert line(done, "spending") == [1000, 0]
    assert line(done, "revenue_subscription") == line(done, "revenue") == [800, 0]
    assert line(done, "app_store_fees") == pytest.approx([60, 0])
    assert line(done, "payment_cost") == [10, 0]
    assert line(done, "net_revenue") == pytest.approx([730, 0])
    np.testing.assert_allclose(done.royalties_by_service, [[273.75, 91.25, 0], [0, 0, 0]])
    assert line(done, "publishing") == pytest.approx([73, 0])
    assert line(done, "hosting") == [2, 0]
    assert line(done, "gross_profit") == pytest.approx([730 - 365 - 73 - 2 - 24, 0])
    assert line(done, "contribution_margin") == pytest.approx([266 - 80, 0])
    assert line(done, "operating_income") == pytest.approx([266 - 80 - 80 - 40, 0])
    ledger.close(OCTOBER)
    assert {name: round(held, 9) for name, held in ledger.balances().items() if held} == {
        "platform:spotify:IN": 66.0, "users:IN": -1000.0, "tax:IN": 200.0, "app_stores": 60.0, "publishers": 73.0,
        "outside": 10.0 + 2 + 24 + 200, "label:sony": 273.75, "label:zee": 91.25,
    }  # fmt: skip


def test_the_app_store_price_is_paid_in_the_app_store():
    done = run(activity(billed=at(7, 100), users=at(7, 100)))
    assert line(done, "spending") == pytest.approx([0, 70 * 3 + 30 * 2])
    assert line(done, "app_store_fees") == pytest.approx([0, 70 * 3 / 1.25 * 0.15])


def test_advertising_by_hand():
    # 1000 h x 2.5 min x 2 spots x 50% sold = 2500 impressions at 1.2 USD a thousand = 3; rewarded: 1000 x 1 x 2 x 80%
    # = 1600 at 3 USD = 4.8. A tenth goes to selling; labels 60% and publishers 20% of the rest.
    done = run(activity(hours=at(1, [1000, 0, 0], 3) + at(6, [0, 1000, 0], 3)))
    assert line(done, "revenue_ads") == pytest.approx([3.0, 4.8])
    np.testing.assert_allclose(done.label_income, [0.6 * 2.7, 0.6 * 4.32, 0])
    assert line(done, "publishing") == pytest.approx([0.2 * 2.7, 0.2 * 4.32])


def test_a_bundle_pays_a_share_of_the_individual_price_at_the_paid_rate():
    done = run(activity(users=at(5, 50), hours=at(5, [10, 10, 0], 3)))
    assert line(done, "revenue_bundle") == pytest.approx([50 * 0.12 * 8.0, 0])
    np.testing.assert_allclose(done.label_income, [12, 12, 0])


@pytest.mark.parametrize(("option", "weight"), [(2, 1.0), (3, 1.5 / 4), (4, 0.5), (7, 1.0)])
def test_per_subscriber_minima_count_subscriptions_at_their_rate(option, weight):
    # A minimum of 100 USD binds everywhere; label 0 has three quarters of the hours; label 2 has no minimum.
    minimum = np.tile([100.0, 100.0, 0.0], (2, 1))
    what = activity(billed=at(option, 40), hours=at(option, [6, 2, 0], 3))
    done = run(what, deal=terms(per_subscriber_minimum_usd=minimum))
    np.testing.assert_allclose(done.label_income, [3000 * weight, 1000 * weight, 0])
    assert done.binding[option].tolist() == [2, 2, 0]


def test_trials_pay_a_reduced_minimum_on_top():
    minimum = np.full((2, 3), 4.0)
    trial = activity(in_trial=at(2, 40), hours=at(2, [3, 1, 0], 3))
    np.testing.assert_allclose(run(trial, deal=terms(per_subscriber_minimum_usd=minimum)).label_income, [30, 10, 0])
    assert run(trial, deal=terms(per_subscriber_minimum_usd=minimum)).income.spending.sum() == 0
    assert run(trial).label_income.sum() == 0


def test_per_stream_minima_hold_for_free_listening_and_bundles_not_for_payers():
    minimum = np.full((2, 3), 0.01)
    hours = at(1, [100, 0, 0], 3) + at(2, [0, 100, 0], 3) + at(5, [0, 0, 100], 3)
    done = run(activity(hours=hours), deal=terms(per_stream_minimum_usd=minimum))
    np.testing.assert_allclose(done.label_income, [15, 0, 15])
    assert [done.binding[1, 0], done.binding[2, 1], done.binding[5, 2]] == [3, 0, 3]


def test_rewarded_listening_pays_its_own_share_and_its_own_minimum():
    hours = at(1, [60, 40, 0], 3) + at(6, [0, 30, 70], 3)
    own = {"rev_share_rewarded": np.full((2, 3), 0.9), "per_stream_minimum_rewarded_usd": np.full((2, 3), 0.02)}
    usual = run(activity(hours=hours))
    shared = run(activity(hours=hours), deal=terms(rev_share_rewarded=own["rev_share_rewarded"]))
    np.testing.assert_allclose(shared.royalties[6], 0.9 / 0.6 * usual.royalties[6])
    np.testing.assert_array_equal(shared.royalties[1], usual.royalties[1])  # of the other free tier
    minimum = run(activity(hours=hours), deal=terms(**own))
    np.testing.assert_allclose(minimum.royalties[6], [0.0, 0.02 * 15 * 30, 0.02 * 15 * 70])
    assert minimum.binding[6, 1] == 3
    np.testing.assert_array_equal(minimum.royalties[1], usual.royalties[1])


def test_user_centric_money_follows_people_and_pro_rata_money_follows_hours():
    what = activity(billed=at(2, 2), hours=at(2, [30, 10, 0], 3), billed_usage=at(2, [1, 1, 0], 3))
    by_hours, by_people = run(what), run(what, parameters=PLAIN.replace({"user_centric": 1}))
    assert by_hours.label_income[0] == pytest.approx(3 * by_hours.label_income[1])
    assert by_people.label_income[0] == pytest.approx(by_people.label_income[1])
    assert by_people.label_income.sum() == pytest.approx(by_hours.label_income.sum())


def test_user_centric_equals_pro_rata_when_all_listen_equally():
    taste = np.array([0.5, 0.3, 0.2])
    billed = np.array([0, 0, 100.0, 50, 20, 0, 0, 10])
    hours = np.array([0, 90, 2000.0, 1000, 400, 70, 60, 200])[:, None] * taste
    what = activity(billed=billed, users=billed, hours=hours, billed_usage=billed[:, None] * taste)
    deal = terms(per_subscriber_minimum_usd=np.full((2, 3), 4.1), per_stream_minimum_usd=np.full((2, 3), 1e-4))
    pro_rata = run(what, deal=deal)
    user_centric = run(what, deal=deal, parameters=PLAIN.replace({"user_centric": 1}))
    np.testing.assert_allclose(user_centric.royalties, pro_rata.royalties)


counts = arrays(np.float64, OPTIONS, elements=st.floats(0, 1e7, allow_subnormal=False))
tables = arrays(np.float64, N, elements=st.floats(0, 1e8, allow_subnormal=False))
minima = arrays(np.float64, (2, 3), elements=st.floats(0, 5, allow_subnormal=False))


@given(counts, counts, counts, tables, tables, minima, minima, st.booleans())
def test_money_is_conserved_for_any_activity(users, billed, trial, hours, usage, per_sub, per_stream, centric):
    what = activity(users=users, billed=billed, in_trial=trial, hours=hours, billed_usage=usage)
    deal = terms(
        per_subscriber_minimum_usd=per_sub, per_stream_minimum_usd=per_stream / 1000,
        rev_share_rewarded=np.full((2, 3), 0.7), per_stream_minimum_rewarded_usd=per_stream / 500,
    )  # fmt: skip
    ledger = Ledger()
    done = run(what, deal=deal, parameters=PLAIN.replace({"user_centric": int(centric)}), ledger=ledger)
    turnover = ledger.close(OCTOBER)
    assert (done.royalties >= 0).all()
    assert not done.royalties[0].any()
    balances = ledger.balances()
    income = done.income
    paid_in = (income.spending + income.bundle + income.ads).sum()
    destinations = sum(held for name, held in balances.items() if name.startswith(("label:", "platform:")) or name in
                       ("tax:IN", "app_stores", "publishers"))  # fmt: skip
    outside = balances["outside"] + income.bundle.sum()
    assert destinations + outside == pytest.approx(paid_in, rel=1e-9, abs=1e-9)
    assert -balances["users:IN"] == pytest.approx(income.spending.sum(), rel=1e-12)
    kept = done.accounts()["operating_income"]
    for service, amount in zip(SERVICES, kept, strict=True):
        assert balances[f"platform:{service}:IN"] == pytest.approx(amount, rel=1e-9, abs=1e-9 * turnover)
    for label, amount in zip(("label:sony", "label:zee", "label:long_tail:IN"), done.label_income, strict=True):
        assert balances[label] == pytest.approx(amount, rel=1e-9, abs=1e-9 * turnover)


@given(counts, tables, minima, st.floats(0.01, 1000))
def test_a_market_of_a_different_size_earns_in_proportion(billed, hours, per_sub, factor):
    def income(scale):
        what = activity(users=billed * scale, billed=billed * scale, in_trial=billed * scale, hours=hours * scale)
        return run(what, deal=terms(per_subscriber_minimum_usd=per_sub)).royalties

    np.testing.assert_allclose(income(factor), factor * income(1.0), rtol=1e-9, atol=1e-6 * factor)


def test_marketing_is_what_the_services_spend_not_a_share_of_what_they_earn():
    what = activity(billed=at(2, 100) + at(7, 100), hours=np.ones(N))
    usual, loud = run(what).accounts(), settle(
        what, offers=offers(), finance=RATES, terms=terms(), parameters=PLAIN, month=OCTOBER,
        marketing=np.array([1.0, 3.0]),
    ).accounts()  # fmt: skip
    np.testing.assert_allclose(usual["marketing"], 0.1 * usual["revenue"])
    np.testing.assert_allclose(loud["marketing"], [1.0, 3.0])
    np.testing.assert_allclose(loud["gross_profit"], usual["gross_profit"])
    np.testing.assert_allclose(loud["contribution_margin"], usual["gross_profit"] - [1.0, 3.0])


def test_marketing_of_a_service_without_income_is_booked():
    ledger = Ledger()
    settle(activity(), offers=offers(), finance=RATES, terms=terms(), parameters=PLAIN, month=OCTOBER,
           marketing=np.array([0.0, 70.0]), ledger=ledger)  # fmt: skip
    ledger.close(OCTOBER)
    assert {name: held for name, held in ledger.balances().items() if held} == {
        "platform:resso:IN": -70.0, "outside": 70.0,
    }  # fmt: skip


def test_the_mean_app_store_fee_lies_among_the_three():
    fee = app_store_fee(Parameters())
    assert fee == pytest.approx(0.1 * 0.30 + 0.2 * 0.10 + 0.7 * 0.15)
    assert app_store_fee(Parameters({"app_store_media_part": 0.0, "app_store_first_year_part": 0.0})) == 0.15
    assert minimum_weight("free_ads", parameters=PLAIN) == minimum_weight("bundle", parameters=PLAIN) == 0.0


def test_offers_that_cannot_be_are_refused_all_at_once():
    price = [0, 0, -1.0, np.inf, 5.0, 0, 0, 2.0]
    with pytest.raises(InputError) as caught:
        offers(price_usd=price, app_store_share=[0, 0, 0, 0, 1.5, 0, 0, 0], price_ios_usd=[0] * 8)
    assert [fault.place for fault in caught.value.faults] == ["option 2 (individual)", "option 3 (family_per_head)",
                                                              "option 4 (student)"]  # fmt: skip
    names = ("price_usd", "price_ios_usd", "app_store_share", "ad_load", "bundle_reference_usd")
    columns = {name: [0, 0] for name in names}
    with pytest.raises(InputError, match=r"option 1: tier .*free_ads"):
        offer_finance(["", "free_ad"], platform=[-1, 0], n_platforms=1, parameters=PLAIN, **columns)


def test_activity_of_another_market_is_refused():
    with pytest.raises(InputError, match=r"settlement IN, hours: has shape \(8, 3\)"):
        run(activity(hours=np.zeros((OPTIONS, 2))))
