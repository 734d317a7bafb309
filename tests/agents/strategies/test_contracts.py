"""What every strategy keeps to, whoever wrote it; one from a notebook is among them."""

from __future__ import annotations

import numpy as np
import pytest

import model as sm
from model.facts.owners import owner_of
from model.foundation.threads import exactly
from model.market.streaming_market import StreamingMarket
from model.spec.scenario import Scenario
from model.spec.strategies import Number, Word, Words, known_strategies
from model.spec.strategies.plans import Value
from tests.agents.strategies.conftest import SMALL, Play, Row, row_of, same, same_runs, world_of


class CutAndLeave(sm.Strategy):
    """Sells at a part of the present price, once."""

    choices = {"part": sm.Strategy.Number(0.9, 0.1, 1.0, "share", "of the price before")}  # noqa: RUF012
    sets = ("price",)

    def decide(self, outlook):
        for market in outlook.markets if outlook.played == 0 else ():
            for offer in outlook.offers(market):
                if offer.is_paid:
                    yield outlook.set("price", market, self.part * offer.price, offer.tier)


RULES = sorted(known_strategies())
NUMBERS = [
    (name, choice, bound)
    for name, kind in sorted(known_strategies().items())
    for choice, line in kind.choices.items()
    if isinstance(line, Number)
    for bound in (line.low, line.high)
]


def scenario(*rows: Row, **more: object) -> Scenario:
    tables = {f"table{number}": row for number, row in enumerate(rows)}
    return Scenario.from_mapping({**SMALL, **more, "strategies": tables})


def busy(name: str, play: Play, **more: object) -> StreamingMarket:
    kind = known_strategies()[name]
    return play({"mine": row_of(kind, busy=True)}, **{**world_of(kind), **more})


def acted(run: StreamingMarket) -> list[sm.market.deciding.Action]:
    return run.world.firms.actions


@pytest.mark.parametrize("name", RULES)
def test_defaults_make_a_scenario_that_tells_the_rule_in_words(name: str) -> None:
    kind = known_strategies()[name]
    row = row_of(kind)
    told = " ".join(scenario(row).explain().split())
    assert f"plays {name}" in told
    assert kind.about in told
    for choice in () if kind.enters else kind.choices:
        if kind.choices[choice].default not in ("", ()):
            assert f"{choice} " in told


@pytest.mark.parametrize("name", RULES)
def test_run_keeps_books_and_people(name: str, play: Play) -> None:
    run = busy(name, play)
    assert sum(run.ledger.balances().values()) == pytest.approx(0.0, abs=1e-3)
    for record in run.records:
        assert float(record.activity.main_users.sum()) == pytest.approx(record.people)


@pytest.mark.parametrize("name", RULES)
def test_same_seed_is_the_same_run_on_any_number_of_threads(name: str, play: Play) -> None:
    with exactly(1):
        one = busy(name, play)
    with exactly(3):
        other = busy(name, play)
    assert same_runs(one, other)
    assert [a.setting for a in acted(one)] == [a.setting for a in acted(other)]


@pytest.mark.parametrize("name", RULES)
def test_it_acts_on_declared_levers_of_its_own_actor_in_its_markets(name: str, play: Play) -> None:
    kind = known_strategies()[name]
    found = acted(busy(name, play))
    assert bool(found) == bool(kind.sets)
    for action in found:
        one = action.setting
        assert one.lever in kind.sets
        assert one.market == "ID"
        assert action.before != one.value
        tie = name == "partner" and one.lever in ("integration", "link_fee")  # TikTok's, of whatever service
        assert tie or (one.item if kind.side == "label" else one.service) == action.actor


@pytest.mark.parametrize("name", [name for name in RULES if known_strategies()[name].responds])
def test_rivals_that_do_not_respond_change_nothing(name: str, play: Play) -> None:
    kind = known_strategies()[name]
    still = busy(name, play, rivals_respond=False, focus="spotify")
    assert still.world.firms is None
    assert same_runs(still, play(None, **world_of(kind)))
    own = str(row_of(kind, busy=True)[kind.side])
    assert same_runs(busy(name, play), busy(name, play, rivals_respond=False, focus=own))


@pytest.mark.parametrize("name", [name for name in RULES if not known_strategies()[name].responds])
def test_what_answers_nobody_is_played_without_answers_too(name: str, play: Play) -> None:
    assert same_runs(busy(name, play), busy(name, play, rivals_respond=False, focus="spotify"))


LEAVES = {"kind": "platform_leaves", "date": "2022-11", "platform": "resso", "markets": ["ID"]}
BAN = {"kind": "tiktok_ban", "date": "2022-11", "markets": ["ID"]}
CHANGES = {
    "service leaves": [LEAVES],
    "ban": [BAN],
    "all its tiers close": [
        {"kind": "tier_closes", "date": "2022-11", "platform": "resso", "markets": ["ID"], "tier": tier}
        for tier in ("free_ads", "free_rewarded", "premium")
    ],
    "comes back": [
        LEAVES,
        {"kind": "platform_enters", "date": "2022-12", "platform": "resso", "markets": ["ID"],
         "tiers": {"premium": 49_000}},
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", list(CHANGES))
@pytest.mark.parametrize("name", RULES)
def test_it_survives_what_happens(name: str, what: str, play: Play) -> None:
    run = busy(name, play, events=CHANGES[what])
    assert run.month == 3
    if what == "service leaves" and known_strategies()[name].side == "platform" and name != "expand":
        assert not [action for action in acted(run) if action.month == 3]


@pytest.mark.parametrize(("name", "choice", "bound"), NUMBERS)
def test_it_runs_at_the_bounds_of_its_numbers(name: str, choice: str, bound: float, play: Play) -> None:
    kind = known_strategies()[name]
    row = {**row_of(kind, busy=True), choice: bound}
    if choice == "look_ahead_months":
        row |= {name: value for name, value in {"users": 50, "review_months": 60}.items() if name in kind.choices}
    run = play({"mine": row}, users=50, unusual_prices=True, **world_of(kind))
    assert run.month == 3
    assert all(np.isfinite(record.price_local).all() for record in run.records)


@pytest.mark.parametrize("name", RULES)
def test_digest_is_of_choices_not_of_words(name: str) -> None:
    kind = known_strategies()[name]
    row, other = row_of(kind), {"rule": "hold", "platform": "spotify"}
    digest = scenario(row).digest
    assert scenario({**row, "about": "why", "source": "nowhere"}).digest == digest
    assert scenario(row, other).digest == scenario(other, row).digest
    for choice, line in kind.choices.items():
        changed = scenario({**row, choice: another(line, row.get(choice, line.default))})
        assert changed.digest != digest or (kind.enters and choice == "leader"), choice
        assert scenario({**row, choice: row.get(choice, line.default) or another(line, "")}).digest


def another(line: Number | Word | Words, value: object) -> Value | list[str]:
    """Return another value of a choice than the one given."""
    if isinstance(line, Number):
        near = line.default + 1.0 if line.whole else (line.default + line.high) / 2.0
        return near if near <= line.high and near != value else line.low
    names = {"tier": ["free_ads", "premium", "individual"], "service": ["joox", "spotify"], "label": ["sony", "warner"]}
    known = list(line.of) if isinstance(line.of, tuple) else names[line.of]
    if isinstance(line, Words):
        return [next(one for one in known if [one] != list(value))]
    return next(one for one in known if one != value)


@pytest.mark.parametrize("name", RULES)
def test_forks_have_nobody_who_decides_and_agree_with_each_other(name: str, play: Play) -> None:
    run = busy(name, play)
    one, other = run.fork(), run.fork()
    assert one.firms is other.firms is None
    assert one.talks is None
    assert all(same(a, b) for a, b in zip(one.run(2), other.run(2), strict=True))


@pytest.mark.parametrize("name", RULES)
def test_agents_show_their_rules(name: str, play: Play) -> None:
    kind = known_strategies()[name]
    run = busy(name, play)
    actor = run.world.firms.played[0][0].actor
    agents = run.labels if kind.side == "label" else run.platforms
    firm = agents[actor if kind.side == "label" else owner_of(actor)]
    assert [type(rule) for rule in firm.strategies()] == [kind.maker]
    assert not [one for other, one in agents.items() if one is not firm and one.strategies()]
