from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from model.state.offers import FREE, OUTSIDE, PAID, OfferLine, OfferTable, order_of_offers
from model.state.users import BUNDLE_SHIFT, FAMILY, PAY, STUDENT

LINE = OfferLine(
    platform="b", tier="individual", price_local=100.0, price_store_local=float("nan"), store_share=0.4, ad_load=0.0,
    restriction=0.0, trial_months=1, target_main=1000.0, target_second=50.0,
)  # fmt: skip


def line(platform: str, tier: str, **changes: object) -> OfferLine:
    return dataclasses.replace(LINE, platform=platform, tier=tier, **changes)  # type: ignore[arg-type]


LINES = order_of_offers(
    [
        line("b", "individual"), line("a", "premium", price_store_local=130.0), line("b", "free_ads"),
        line("b", "student", is_open=False), line("a", "bundle"), line("b", "family_per_head"),
        line("c", "mini", target_main=0.0, target_second=0.0, is_open=False),
    ]
)  # fmt: skip
TABLE = OfferTable(market="XX", platforms=("a", "b", "c"), lines=LINES, ppp=5.0)


def test_order_is_free_before_paid_then_by_name() -> None:
    assert TABLE.names == (
        ("outside", ""), ("a", "bundle"), ("b", "free_ads"), ("a", "premium"), ("b", "student"), ("b", "individual"),
        ("b", "family_per_head"), ("c", "mini"),
    )  # fmt: skip
    assert order_of_offers(reversed(LINES)) == LINES  # type: ignore[arg-type]
    assert TABLE.nest.tolist() == [OUTSIDE, FREE, FREE, PAID, PAID, PAID, PAID, PAID]
    assert TABLE.platform.tolist() == [-1, 0, 1, 0, 1, 1, 1, 2]


def test_access_needed() -> None:
    needs = dict(zip(TABLE.names, TABLE.needs.tolist(), strict=True))
    assert needs["outside", ""] == needs["b", "free_ads"] == 0
    assert needs["b", "individual"] == needs["a", "premium"] == needs["c", "mini"] == PAY
    assert needs["b", "student"] == STUDENT | PAY
    assert needs["b", "family_per_head"] == FAMILY
    assert needs["a", "bundle"] == 1 << BUNDLE_SHIFT


def test_prices_average_the_store_in() -> None:
    price = dict(zip(TABLE.names, TABLE.user_price, strict=True))
    assert price["outside", ""] == 0.0
    assert price["b", "individual"] == pytest.approx(100.0 / 5.0)
    assert price["a", "premium"] == pytest.approx((0.6 * 100.0 + 0.4 * 130.0) / 5.0)


def test_targets_open_and_history() -> None:
    assert TABLE.targets("main").tolist() == [0.0, 1000.0, 1000.0, 1000.0, 1000.0, 1000.0, 1000.0, 0.0]
    assert TABLE.targets("second")[1] == 50.0
    assert TABLE.is_open.tolist() == [1, 1, 1, 1, 0, 1, 1, 0]
    assert TABLE.has_history.tolist() == [True, True, False]
    assert np.all(np.isneginf(TABLE.xi))


def test_position_and_platform() -> None:
    assert TABLE.position("b", "individual") == 5
    assert TABLE.of_platform("a") == [1, 3]
    assert TABLE.of_platform("nobody") == []
    with pytest.raises(KeyError, match="XX has no offer b gold"):
        TABLE.position("b", "gold")
