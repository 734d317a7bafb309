"""The renewal wave on small markets: prices are those of the deal room, sums are sums, renewals come to rest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from model.experiments.deals import deal_room
from model.experiments.wave import RenewalWave, renewal_wave
from model.experiments.wave.lives import live_wave, money_of
from model.experiments.wave.network import order_of_expiry, renewed_network
from model.experiments.wave.picture import wave_figure
from model.facts import load_start
from model.foundation.errors import InputError
from model.market.start_store import StartStore
from model.spec.scenario import Scenario
from model.spec.settings import Setting

STARTS = StartStore(None)
ASKED = {"platforms": ("resso", "spotify"), "labels": ("universal", "sony", "warner"), "markets": ("IN", "ID")}
SIZES = {"months": 4, "users": 400, "draws": 2, "orders": 2}


def plan(**changes: object) -> Scenario:
    return Scenario.load("june_2022").replace({"users": 800, **changes})


@pytest.fixture(scope="module")
def wave() -> RenewalWave:
    return renewal_wave(plan(), starts=STARTS, **ASKED, **SIZES)  # type: ignore[arg-type]


def test_a_pair_is_worth_what_the_deal_room_says(wave: RenewalWave) -> None:
    alone = plan(parameters={"precedent": 0.0})  # the wave has each licence as it is, without fear of the next
    room = deal_room(
        alone, platform="resso", label="sony", markets=("IN", "ID"), months=4, users=400, draws=2, starts=STARTS,
        weight=0.65,
    )  # fmt: skip
    pair, walk = wave.pairs().loc[("resso", "sony")], room.walk_aways().mean(numeric_only=True)
    arms = room.futures.means()["profit"].unstack("arm").mean()  # nor does it let clauses of others bend it
    assert pair["platform_gain"] == pytest.approx(arms["deal"] - arms["no deal"])
    assert pair["label_gain"] == pytest.approx(-walk["least"])
    assert pair["present"] == pytest.approx(walk["present"])
    pd.testing.assert_frame_equal(wave.draws, room.futures.draws[list(wave.draws)])


def test_every_licence_of_the_markets_is_priced_once(wave: RenewalWave) -> None:
    rows = wave.licences()
    assert len(rows) == 2 * 2 * 3
    assert not rows.duplicated(["market", "platform", "label"]).any()
    assert rows["in_force"].all()
    assert np.allclose(rows["surplus"], rows["platform_gain"] + rows["label_gain"])
    agreed = rows[rows["surplus"] >= 0.0]
    assert np.allclose(agreed["nash"], agreed["weight"] * agreed["surplus"] - agreed["label_gain"])
    assert (agreed["nash"] <= agreed["platform_gain"] + 1e-6).all()
    assert (rows["surplus_low"] <= rows["surplus_high"]).all()


def test_totals_are_sums_of_licences(wave: RenewalWave) -> None:
    rows = wave.licences()
    for table, key in ((wave.by_label(), "label"), (wave.by_platform(), "platform")):
        for name in ("present", "surplus", "label_gain"):
            assert np.allclose(table[name], rows.groupby(key)[name].sum()[table.index])
        assert table["licences"].sum() == len(rows)


def test_signing_for_the_world_never_beats_signing_by_market(wave: RenewalWave) -> None:
    scopes = wave.scopes()
    assert (scopes["bundling"] <= 1e-6).all()
    rows = wave.licences()
    lossless = rows.groupby(["label", "platform"])["surplus"].min() >= 0.0
    kept = scopes.set_index(["label", "platform"])["bundling"][lossless]
    assert np.allclose(kept, 0.0, atol=1e-6)


def test_the_larger_a_label_the_less_a_service_has_without_it() -> None:
    """The walk-away of a service, its profit before labels without the licence, falls with the label's repertoire."""
    found = renewal_wave(
        plan(users=2000), starts=STARTS, platforms=("spotify", "apple_music"), labels=("universal", "warner"),
        markets=("GB",), months=6, users=2000, draws=1, orders=0, uncertain=(),
    )  # fmt: skip
    for priced in found.markets:
        lives = priced.lives
        repertoire = load_start("2022-06").markets[lives.market].repertoire
        by_size = sorted(("universal", "warner"), key=lambda name: repertoire[name].share)
        for service in ("spotify", "apple_music"):
            p = lives.platforms.index(service)
            left = [float(lives.margin_turned[0, p, lives.labels.index(name), p]) for name in by_size]
            assert left[0] > left[1]
            assert left[0] < lives.margin[0, p]


def test_a_wave_may_begin_later_and_takes_the_network_of_that_month() -> None:
    """Once Sony has left Resso, its licence there is one that may be taken up again."""
    gone = Scenario.load("sony_leaves").replace({"users": 800})
    asked = {**ASKED, "platforms": ("resso",), "markets": ("ID",)}
    found = renewal_wave(gone, starts=STARTS, at="2022-11", **asked, **{**SIZES, "draws": 1})  # type: ignore[arg-type]
    rows = found.licences().set_index("label")
    assert rows["in_force"].to_dict() == {"universal": True, "sony": False, "warner": True}
    assert rows.loc["sony", "present"] > 0.0  # what its old terms would pay
    assert np.isnan(rows.loc["sony", "nash_in_nash"])
    assert "sony" not in found.by_label().index
    networks = found.networks()
    assert int(networks["taken_up"].sum()) == int(rows.loc["sony", "renewed"])


def test_same_question_same_answer(wave: RenewalWave) -> None:
    again = renewal_wave(plan(), starts=STARTS, **ASKED, **SIZES)  # type: ignore[arg-type]
    pd.testing.assert_frame_equal(again.licences(), wave.licences())


def test_order_of_expiry_is_that_of_the_record(wave: RenewalWave) -> None:
    for priced in wave.markets:
        lives = priced.lives
        order = order_of_expiry(lives, brink=lives.asked)
        ends = [lives.expires[p, label] for p, label in order]
        assert ends == sorted(ends)
        assert len(order) == int(lives.asked.sum())


def test_renewals_end_where_no_pair_on_the_brink_wants_a_change() -> None:
    """Where ByteDance's users are worth nothing, Resso loses by listeners, and its licences are dropped."""
    poor = plan(**{"parameters.bytedance_user_worth": 0.0})
    asked = {**ASKED, "markets": ("BR",), "platforms": ("resso",)}
    found = renewal_wave(poor, starts=STARTS, **asked, uncertain=(), **{**SIZES, "draws": 1})  # type: ignore[arg-type]
    rows, networks = found.licences(), found.networks()
    assert (rows["surplus"] < 0.0).any()
    assert int(networks["dropped"].sum()) == int((~rows["renewed"]).sum()) > 0
    assert networks["networks_lived"].sum() > 0
    (priced,) = found.markets
    assert priced.renewed.settled
    assert priced.renewed.effect.link_shares.shape == priced.lives.in_force.shape
    assert priced.renewed.links[~priced.lives.asked].tolist() == priced.lives.in_force[~priced.lives.asked].tolist()


def test_a_market_without_losses_lives_no_other_network(wave: RenewalWave) -> None:
    for priced in wave.markets:
        rows = wave.licences().query("market == @priced.lives.market")
        if (rows["surplus"] > -1000.0).all():
            assert priced.renewed.forks == 0
            assert (priced.renewed.links == priced.lives.in_force).all()


def test_known_networks_are_those_of_a_fork(wave: RenewalWave) -> None:
    """Turning a licence over twice is no change, and once is what the wave lived."""
    (priced, *_) = wave.markets
    lives = priced.lives
    turned = lives.in_force.copy()
    turned[tuple(np.argwhere(lives.asked)[0])] = False
    worlds = live_wave(wave.request, starts=STARTS, progress=lambda *_: None).worlds
    p, label = np.argwhere(lives.asked)[0]
    setting = Setting("catalogue", lives.market, lives.platforms[p], lives.labels[label], 0.0)
    margin, royalties = money_of(worlds[1], 4, settings=[setting])[lives.market]
    assert np.array_equal(margin, lives.margin_turned[1, p, label])
    assert np.array_equal(royalties, lives.royalties_turned[1, p, label])
    again = renewed_network(lives, worlds, months=4, orders=0, seed=1)
    assert again.links.tolist() == priced.renewed.links.tolist()


def test_figure_names_every_service_and_label(wave: RenewalWave) -> None:
    figure = wave_figure(wave)
    words = [text.get_text() for axes in figure.axes for text in [*axes.get_xticklabels(), *axes.get_yticklabels()]]
    assert {"Resso", "Spotify", "Universal", "Sony", "Warner"} <= set(words)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"platforms": ("resto",)}, "resso"),
        ({"labels": ("sonny",)}, "sony"),
        ({"labels": ()}, "at least one is named"),
        ({"markets": ("XX",)}, "markets are those"),
        ({"months": 0}, "months is a whole number"),
        ({"draws": 0}, "draws is a whole number"),
        ({"orders": -1}, "orders is a whole number"),
        ({"weight": 2.0}, "lies from 0 to 1"),
        ({"solution": "nsh"}, "nash"),
        ({"uncertain": ("thetta",)}, "theta"),
        ({"at": "2030-01"}, "begins in the scenario's months"),
    ],
)
def test_bad_question_is_one_clear_error(change: dict[str, object], word: str) -> None:
    with pytest.raises(InputError, match=word):
        renewal_wave(plan(), starts=STARTS, **{**ASKED, **SIZES, **change})  # type: ignore[arg-type]
