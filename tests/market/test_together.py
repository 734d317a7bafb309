"""Payments that answer each other: two by hand, none without cross effects, and the terms of a clause."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.market.together import together
from model.market.valuing import Pair, Worth, least_with_precedent, most_under_clauses
from model.theory.bargaining.clauses import favoured_transfer


def worth(least: float, most: float, present: float, **effects: dict[str, float]) -> Worth:
    return Worth(
        most=most, most_slope=0.0, least=least, least_slope=0.0, present={"IN": present},
        elsewhere=effects.get("elsewhere", {}), others=effects.get("others", {}), bill={},
    )  # fmt: skip


def solved(pairs: list[Pair], worths: list[Worth], weights: list[float]) -> np.ndarray:
    reserved = [(one.least, one.most) for one in worths]
    return together(pairs, worths=worths, reserved=reserved, weights=weights)


def test_licences_that_do_not_touch_each_other_are_split_alone() -> None:
    pairs = [Pair("resso", "sony", "streaming", ("IN",)), Pair("wynk", "zee", "streaming", ("IN",))]
    found = solved(pairs, [worth(1.0, 5.0, 2.0), worth(2.0, 3.0, 1.0)], [0.5, 0.25])
    assert found == pytest.approx([3.0, 2.25])


def test_a_label_at_two_rivals_by_hand() -> None:
    # Without a's licence 4 of what a pays returns at b, and 1 the other way round, at present terms of 10 and 5.
    pairs = [Pair("a", "sony", "streaming", ("IN",)), Pair("b", "sony", "streaming", ("IN",))]
    worths = [worth(4.0, 20.0, 10.0, elsewhere={"b": -4.0}), worth(1.0, 7.0, 5.0, elsewhere={"a": -1.0})]
    x = solved(pairs, worths, [0.5, 0.5])
    # the label's least at a is 4 f_b, at b 1 f_a, with f = x / present
    assert x[0] == pytest.approx(0.5 * (20.0 + 4.0 * x[1] / 5.0))
    assert x[1] == pytest.approx(0.5 * (7.0 + 1.0 * x[0] / 10.0))


def test_two_labels_of_a_platform_by_hand() -> None:
    # Each label brings listeners on whom the other is paid 2 more, at present terms of 8 each.
    pairs = [Pair("a", name, "streaming", ("IN",)) for name in ("sony", "warner")]
    worths = [worth(0.0, 10.0, 8.0, others={"warner": 2.0}), worth(0.0, 10.0, 8.0, others={"sony": 2.0})]
    x = solved(pairs, worths, [0.5, 0.5])
    assert x[0] == pytest.approx(x[1])
    assert x[0] == pytest.approx(0.5 * (10.0 - 2.0 * (x[1] / 8.0 - 1.0)))


def test_names_and_order_do_not_matter() -> None:
    names = {"a": "z", "b": "y", "sony": "m", "warner": "n"}
    pairs = [Pair(p, label, "streaming", ("IN",)) for p in "ab" for label in ("sony", "warner")]
    rng = np.linspace(0.3, 1.9, 4)
    worths = [
        worth(r, 5 * r, 2 + r, elsewhere={"a": -r / 3, "b": -r / 4}, others={"sony": r / 5, "warner": r / 6})
        for r in rng
    ]
    first = solved(pairs, worths, list(rng / 4))
    renamed = [Pair(names[one.platform], names[one.label], one.kind, one.markets) for one in pairs][::-1]
    other = [
        worth(one.least, one.most, one.paid, elsewhere={names[n]: v for n, v in one.elsewhere.items()},
              others={names[n]: v for n, v in one.others.items()})
        for one in worths[::-1]
    ]  # fmt: skip
    assert solved(renamed, other, list(rng / 4)[::-1])[::-1] == pytest.approx(first)


@given(
    least=st.floats(-5.0, 5.0), most=st.floats(-5.0, 30.0), present=st.floats(0.1, 10.0), k=st.floats(0.0, 5.0),
    weight=st.floats(0.0, 1.0),
)  # fmt: skip
def test_most_under_clauses_gives_the_favoured_transfer_above_present_terms(
    least: float, most: float, present: float, k: float, weight: float
) -> None:
    kinked = most_under_clauses(most, present=present, pass_on=k)
    theory = favoured_transfer(most, label_gain=-least, weight=weight, pass_on=k, others_terms=present)
    payment = least + weight * (kinked - least)
    if bool(theory.agreed) and payment > present:
        assert float(theory.transfer) == pytest.approx(payment, rel=1e-9, abs=1e-9)
    assert kinked <= most + 1e-12


@given(
    least=st.floats(-5.0, 10.0), present=st.floats(0.1, 10.0), income=st.floats(0.0, 100.0), part=st.floats(0.0, 1.0),
)  # fmt: skip
def test_a_label_that_fears_a_precedent_gains_nothing_at_its_least(
    least: float, present: float, income: float, part: float
) -> None:
    raised = least_with_precedent(least, present=present, income=income, precedent=part)
    cut = max(0.0, 1.0 - raised / present)
    assert raised - least - part * income * cut == pytest.approx(0.0, abs=1e-9 * (1.0 + income))
    assert least - 1e-12 <= raised <= max(least, present) + 1e-9
    assert least_with_precedent(least, present=present, income=income, precedent=0.0) == pytest.approx(least)
