from tests.agents.strategies.conftest import Play, Stage, acts, lever, offer

ROW = {"rule": "profit_target", "margin": 0.1, "patience_months": 4, "review_months": 2, "raise_price": 0.1,
       "cut_marketing": 0.5}  # fmt: skip
OFFERS = {"resso": [offer("premium"), offer("free_ads", 0.0, paid=False)]}


def below(months, *, margin=-0.5):
    return dict.fromkeys(months, margin)


def test_leaves_exactly_when_patience_is_gone(play: Play) -> None:
    run = play({"resso": {**ROW, "margin": 1.0}}, months=6)
    is_open = [[lever(run, month, "open", "resso", tier) for tier in ("free_ads", "premium")] for month in range(1, 7)]
    assert is_open == [[1, 1]] * 4 + [[0, 0]] * 2  # four months of accounts are known at the beginning of the fifth
    assert not [one for one in acts(run) if one[0] == 1]
    users = [sum(record.activity.users[1 + j] for j, (name, _) in enumerate(record.offers) if name == "resso")
             for record in run.records[-2:]]  # fmt: skip
    assert users == [0.0, 0.0]


def test_mends_at_each_review_below_the_target() -> None:
    rule, stage = Stage.of({**ROW, "platform": "resso", "patience_months": 50}, offers=OFFERS, margins=below(range(9)))
    found = stage.live(rule, 7)
    assert {month for month, *_ in found} == {3, 5, 7}
    assert [(name, value) for month, name, _, value in found if month == 3] == [("price", 110.00000000000001),
                                                                                ("marketing", 0.5)]  # fmt: skip


def test_good_months_give_patience_back() -> None:
    """Three bad months, two good, then bad ones: the exit comes with the fourth month of patience spent, not before."""
    rule, stage = Stage.of(
        {**ROW, "platform": "resso"},
        offers=OFFERS,
        margins={**below(range(2, 5)), 5: 0.5, 6: 0.5, **below(range(7, 20))},
    )
    closed = [month for month, name, _, value in stage.live(rule, 9) if name == "open" and value == 0.0]
    assert closed == [9, 9]


def test_margin_on_target_is_enough() -> None:
    rule, stage = Stage.of({**ROW, "platform": "resso"}, offers=OFFERS, margins=below(range(40), margin=0.1))
    assert stage.live(rule, 40) == []


def test_free_service_has_no_price_to_raise() -> None:
    only_free = {"resso": [offer("free_ads", 0.0, paid=False)]}
    rule, stage = Stage.of(
        {**ROW, "platform": "resso", "patience_months": 50}, offers=only_free, margins=below(range(9))
    )
    assert {name for _, name, *_ in stage.live(rule, 5)} == {"marketing"}
