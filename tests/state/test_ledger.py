"""The ledger balances, says so, and notices when it does not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.foundation.errors import BalanceError, InputError
from model.state.ledger import Ledger, label_account

OCTOBER, NOVEMBER = 2022 * 12 + 9, 2022 * 12 + 10
ACCOUNTS = ["users:IN", "platform:spotify:IN", "label:sony", "tax:IN", "outside"]


def test_a_month_by_hand():
    ledger = Ledger()
    ledger.post("users:IN", payee="platform:spotify:IN", amount=118.0, kind="subscription", month=OCTOBER)
    ledger.post("platform:spotify:IN", payee=["tax:IN", "label:sony", "label:zee"], amount=[18.0, 50.0, 0.0],
                kind=["tax", "royalty", "royalty"], month=OCTOBER)  # fmt: skip
    assert ledger.close(OCTOBER) == 186.0
    assert ledger.balances() == {
        "users:IN": -118.0, "platform:spotify:IN": 50.0, "tax:IN": 18.0, "label:sony": 50.0, "label:zee": 0.0,
    }  # fmt: skip
    flows = ledger.flows()
    assert list(flows) == ["month", "payer", "payee", "kind", "amount_usd"]
    assert list(zip(flows["payer"], flows["payee"], flows["kind"], flows["amount_usd"], strict=True)) == [
        ("users:IN", "platform:spotify:IN", "subscription", 118.0),
        ("platform:spotify:IN", "tax:IN", "tax", 18.0),
        ("platform:spotify:IN", "label:sony", "royalty", 50.0),
    ]
    assert set(flows["month"]) == {OCTOBER}


def test_an_empty_ledger_and_an_empty_month_are_fine():
    ledger = Ledger()
    assert ledger.close(OCTOBER) == 0.0
    assert all(column.size == 0 for column in ledger.flows().values())


payments = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 4), st.floats(0, 1e12, allow_subnormal=False)), max_size=40
)


@given(st.lists(payments, min_size=1, max_size=4))
def test_any_payments_balance_and_add_to_zero(months):
    ledger = Ledger()
    for offset, rows in enumerate(months):
        for payer, step, amount in rows:
            ledger.post(
                ACCOUNTS[payer], payee=ACCOUNTS[(payer + step) % 5], amount=amount, kind="x", month=OCTOBER + offset
            )
        turnover = ledger.close(OCTOBER + offset)
        assert turnover == pytest.approx(sum(amount for *_, amount in rows))
    total = sum(amount for rows in months for *_, amount in rows)
    assert sum(ledger.balances().values()) == pytest.approx(0.0, abs=1e-9 * total)


@pytest.mark.parametrize("amount", [-1.0, float("nan"), float("inf"), [5.0, -1e-12]])
def test_amounts_that_are_no_payment_are_refused(amount):
    ledger = Ledger()
    with pytest.raises(InputError, match=r"royalty from platform:spotify:IN to label:sony"):
        ledger.post("platform:spotify:IN", payee="label:sony", amount=amount, kind="royalty", month=OCTOBER)
    assert ledger.close(OCTOBER) == 0.0


def test_a_payment_to_oneself_is_refused():
    with pytest.raises(InputError, match="between two accounts"):
        Ledger().post("outside", payee="outside", amount=1.0, kind="x", month=OCTOBER)


def test_months_come_in_order_and_stay_closed():
    ledger = Ledger()
    ledger.post("users:IN", payee="outside", amount=1.0, kind="x", month=OCTOBER)
    with pytest.raises(BalanceError, match="close 2022-10 before"):
        ledger.post("users:IN", payee="outside", amount=1.0, kind="x", month=NOVEMBER)
    with pytest.raises(BalanceError, match="2022-11 is not the open month"):
        ledger.close(NOVEMBER)
    ledger.close(OCTOBER)
    with pytest.raises(BalanceError, match="2022-10 is closed"):
        ledger.post("users:IN", payee="outside", amount=1.0, kind="x", month=OCTOBER)


def test_money_that_appears_from_nowhere_stops_the_run():
    ledger = Ledger()
    ledger.post("users:IN", payee="outside", amount=1e9, kind="x", month=OCTOBER)
    ledger._changes[1] += 2.0  # above 1e-9 of turnover
    with pytest.raises(BalanceError, match="outside changed by 2 USD"):
        ledger.close(OCTOBER)


def test_a_small_month_after_a_large_one_is_judged_by_itself():
    ledger = Ledger()
    ledger.post("users:IN", payee="label:sony", amount=33554431.0, kind="x", month=OCTOBER)
    ledger.close(OCTOBER)
    ledger.post("users:IN", payee="tax:IN", amount=1.2000000000000002, kind="x", month=NOVEMBER)
    ledger._changes[2] += 1e-8
    with pytest.raises(BalanceError, match="tax:IN"):
        ledger.close(NOVEMBER)
    ledger._changes[2] -= 1e-8
    assert ledger.close(NOVEMBER) == 1.2000000000000002


def test_a_copy_goes_its_own_way():
    ledger = Ledger()
    ledger.post("users:IN", payee="outside", amount=1.0, kind="x", month=OCTOBER)
    ledger.close(OCTOBER)
    twin = ledger.copy()
    twin.post("users:IN", payee="tax:IN", amount=2.0, kind="tax", month=NOVEMBER)
    twin.close(NOVEMBER)
    assert ledger.balances() == {"users:IN": -1.0, "outside": 1.0}
    assert ledger.flows()["month"].tolist() == [OCTOBER]
    assert twin.balances()["users:IN"] == -3.0


def test_local_labels_are_firms_of_one_market():
    assert label_account("sony", market="IN") == "label:sony"
    assert label_account("long_tail", market="IN") == "label:long_tail:IN"
    np.testing.assert_equal(Ledger().ids(["a", "b", "a"]), [0, 1, 0])


def test_lists_that_are_kept_are_the_accounts_they_name_in_a_copy_too():
    ledger = Ledger()
    ledger.ids(["outside", "users:IN"])
    pair = ("users:IN", "tax:IN")
    kept = ledger.ids(pair)
    np.testing.assert_equal(kept, [1, 2])
    np.testing.assert_equal(ledger.kind_ids(("tax", "royalty", "tax")), [0, 1, 0])
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 0
    twin = ledger.copy()
    twin.ids(("label:sony", "outside"))
    np.testing.assert_equal(twin.ids(pair), [1, 2])
    np.testing.assert_equal(ledger.ids(("label:sony", "outside")), ledger.ids(["label:sony", "outside"]))
    for book in (ledger, twin):
        book.post(pair, payee=("outside", "outside"), amount=[1.0, 2.0], kind=("tax", "royalty"), month=OCTOBER)
        assert book.balances() == {"outside": 3.0, "users:IN": -1.0, "tax:IN": -2.0, "label:sony": 0.0}
