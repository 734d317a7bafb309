"""Free video: the recorded level at the start, what one listener more outside brings, the split, and the booking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from model.facts.start import load_start
from model.foundation.months import parse_month
from model.mechanisms.clips import label_pull
from model.mechanisms.listening import listen
from model.mechanisms.video import book_video, video_income, video_rate
from model.spec.parameters import Parameters
from model.state.activity import MarketActivity
from model.state.country import Country
from model.state.ledger import Ledger, label_account

Settled = Callable[..., Country]
START = load_start()
OCTOBER = parse_month("2022-10")
DEFAULT = Parameters({})


def heard(country: Country) -> MarketActivity:
    return listen(
        country.users, active=country.active, platform=country.offers.platform, nest=country.offers.nest,
        available=country.available, pull=np.ones(len(country.labels)), second_share=0.25, weight=country.weight,
    )  # fmt: skip


def income(country: Country, activity: MarketActivity, parameters: Parameters = DEFAULT) -> np.ndarray:
    rate = video_rate(START.markets[country.market], heard(country), parameters=parameters)
    return video_income(country, activity, rate=rate, parameters=parameters)


@pytest.mark.parametrize("market", ["BR", "ID", "US"])
def test_level_at_the_opening_is_the_recorded_one(market: str, settled: Settled) -> None:
    country, facts = settled(market), START.markets[market]
    assert facts.label_streaming_fact_usd_m is not None
    recorded = facts.label_streaming_fact_usd_m * facts.video_share_of_streaming_revenue * 1e6 / 12
    assert recorded > 0.0
    for parameters in (DEFAULT, Parameters({"video_outside": 1.0})):  # the level does not hang on who watches more
        assert income(country, heard(country), parameters).sum() == pytest.approx(recorded)


def test_who_leaves_streaming_brings_labels_the_difference(settled: Settled) -> None:
    country = settled("BR")
    activity, facts = heard(country), START.markets["BR"]
    main = activity.main_users.copy()
    offer = int(np.argmax(main[1:])) + 1
    main[offer] -= 1.0
    main[0] += 1.0
    for outside in (0.5, 1.0, 2.5):
        parameters = Parameters({"video_outside": outside})
        gain = income(country, replace(activity, main_users=main), parameters).sum()
        gain -= income(country, activity, parameters).sum()
        viewers = activity.main_users[1:].sum() + outside * activity.main_users[0]
        recorded = facts.label_streaming_fact_usd_m * facts.video_share_of_streaming_revenue * 1e6 / 12  # type: ignore[operator]
        assert gain == pytest.approx((outside - 1.0) * recorded / viewers, rel=1e-4, abs=1e-6)


def test_labels_share_by_repertoire_and_pull_of_the_moment(settled: Settled) -> None:
    country = settled("BR")
    activity = heard(country)
    before = income(country, activity)
    np.testing.assert_allclose(before / before.sum(), country.repertoire * country.song_pull / (
        country.repertoire * country.song_pull).sum())  # fmt: skip
    sony = country.labels.index("sony")
    country.song_pull[sony] *= 1.5
    country.clips[country.labels.index("universal")] = 0.0
    strong = Parameters({"promotion_pull": 0.8})
    after = income(country, activity, strong)
    pull = label_pull(country, strong)
    assert pull[country.labels.index("universal")] < 1.0
    weights = country.repertoire * country.song_pull * pull
    np.testing.assert_allclose(after, after.sum() * weights / weights.sum())
    assert after.sum() == pytest.approx(before.sum())  # what is watched, not how much
    assert after[sony] > before[sony]


def test_without_a_record_there_is_no_income(settled: Settled) -> None:
    country = settled("BR")
    bare = replace(START.markets["BR"], label_streaming_fact_usd_m=None)
    rate = video_rate(bare, heard(country), parameters=DEFAULT)
    assert rate == 0.0
    assert not video_income(country, heard(country), rate=rate, parameters=DEFAULT).any()


def test_income_is_booked_to_the_labels_from_outside(settled: Settled) -> None:
    country, ledger = settled("BR"), Ledger()
    paid = income(country, heard(country))
    book_video(paid, country=country, ledger=ledger, month=OCTOBER)
    ledger.close(OCTOBER)
    flows = pd.DataFrame(ledger.flows())
    assert set(flows["kind"]) == {"video royalty"}
    assert set(flows["payer"]) == {"outside"}
    by_payee = flows.groupby("payee")["amount_usd"].sum()
    for label, amount in zip(country.labels, paid, strict=True):
        assert by_payee[label_account(label, market="BR")] == pytest.approx(amount)
    assert by_payee.sum() == pytest.approx(paid.sum())
