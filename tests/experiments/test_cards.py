"""What a notebook shows of each answer: closed tags, escaped words, its numbers, and no colour of its own."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pytest

from model.experiments.comparing import compare
from model.experiments.deals.room import deal_room
from model.experiments.ensembles import open_ensemble
from model.experiments.explaining import explain_difference
from model.experiments.optimise import optimise
from model.experiments.run import run
from model.experiments.sensitivity import find_threshold, sensitivity, tornado
from model.experiments.sweep import sweep
from model.experiments.sweep.words import amount
from model.experiments.talks import talk_outcomes
from model.results.magnitude import unbroken
from model.spec.scenario import Scenario

SMALL = {"name": "small", "about": "a & <b>", "markets": ["ID"], "users": 200, "months": 2}
PATH, OTHER = "platforms.resso.integration.ID", "platforms.spotify.marketing.ID"
SPAN = {PATH: {"low": 0.0, "high": 1.0}, OTHER: {"low": 0.5, "high": 2.0}}
OPEN = {"br", "hr", "img"}


class Closed(HTMLParser):
    """Holds that every tag is closed in its order."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in OPEN:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def shown(thing):
    """Return the HTML of a thing, closed and escaped."""
    html = thing._repr_html_()
    tags = Closed()
    tags.feed(html)
    tags.close()
    assert tags.open == []
    assert "<b>" not in html.replace("<b>", "", html.count("</b>"))
    assert not re.search(r"<script|<style", html)
    assert set(re.findall(r"(?<![-\w])color\s*:\s*(\w+)", html)) <= {"inherit"}
    assert len(html) < 60_000
    return html


@pytest.fixture(scope="module")
def base():
    return Scenario.from_mapping(SMALL)


@pytest.fixture(scope="module")
def tied(base):
    return base.replace({"name": "tied", "about": "tied <i>", PATH: 1.0})


def test_a_scenario_tells_what_differs(base, tied):
    assert "everything starts as observed" in shown(base)
    html = shown(tied)
    assert "a &amp; &lt;b&gt;" in shown(base)
    assert "tied &lt;i&gt;" in html
    assert "inside TikTok" in html
    assert tied.digest in html
    assert "Talks" not in html
    many = Scenario.load("history_2020_2022")
    assert re.search(r"and \d+ more", shown(many))
    assert unescape(shown(many)).count("Month by month") == 1


def test_a_run_tells_who_listens_pays_and_earns(base):
    result = run(base, replicates=2)
    html = shown(result)
    last = result.services[result.services["month"] == 2]
    users = last.groupby("platform")["users"].mean().sort_values(ascending=False)
    assert "YouTube Music" in html
    size = float(f"{users.iloc[0] / 1e6:.3g}")
    assert f"{size:,.3g} M" in html
    assert base.digest in html
    assert "Universal" in html


def test_a_comparison_tells_the_verdict_and_the_differences(base, tied):
    found = compare(base, tied, replicates=3, most=3)
    html = shown(found)
    row = found.table(over="horizon", market="total").iloc[0]
    assert unbroken(amount(float(row["base_mean"]))) in html  # no line end parts a number from its sign
    assert "90% interval" in html
    assert "replicates" in html
    assert re.search(r">(up|down|open|no difference)<", html)


def test_an_explanation_tells_the_shares(base, tied):
    found = explain_difference(base, tied.replace({OTHER: 2.0}), outcome="resso.users",
                               replicates=2)  # fmt: skip
    html = shown(found)
    assert html.count("<tr>") == 1 + len(found.differences)


def test_a_room_tells_walk_aways_and_the_zone():
    room = deal_room(Scenario.load("june_2022").replace(markets=["ID"], users=200), platform="resso", label="sony",
                     markets=["ID"], draws=2, users=200, months=3)  # fmt: skip
    html = shown(room)
    rows = room.summary()
    assert amount(float(rows.loc["most", "mean"])) in html
    assert "least Sony accepts" in html
    assert f"{room.agreement():.0%} of 2 draws" in html


def test_talks_tell_how_they_end():
    plan = Scenario.load("sony_at_the_table").replace(
        {"markets": ["ID"], "users": 300, "talks.users": 300, "months": 4}
    )  # fmt: skip
    found = talk_outcomes(plan, replicates=2)
    html = shown(found)
    assert "Resso and Sony" in html
    assert "How often the music goes away" in html
    nobody = talk_outcomes(plan.replace(months=1), replicates=1)
    assert "No talks came to the table" in shown(nobody) or "Resso and Sony" in shown(nobody)


def test_an_ensemble_tells_its_quantiles():
    found = open_ensemble("posterior_2022_12")
    html = shown(found)
    middle = found.quantiles((0.5,))[found.parameters[0]][0]
    assert f"{float(middle):.3g}" in html
    assert f"{1 / np.square(found.weights).sum():,.0f}" in html


def test_a_sweep_tells_outcomes_by_policy(base, tmp_path):
    policies = {"one": {}, "two": {OTHER: 2.0}}
    found = sweep(base, levers={PATH: [0.0, 1.0]}, policies=policies, outcomes=["resso.users"],
                  store=tmp_path / "kept", workers=1)  # fmt: skip
    html = shown(found)
    assert ">two<" in html
    assert html.count("<tr>") == 1 + 2


def test_answers_in_words_are_cards(base, tmp_path):
    words = {"outcomes": ["resso.users"], "workers": 1}
    found = sensitivity(base, levers=SPAN, n=2, replicates=1, folder=tmp_path / "s", **words)
    bars = tornado(base, levers=SPAN, outcome="resso.users", replicates=2, folder=tmp_path / "t", workers=1)
    policies = {"none": {}, "tied": {PATH: 1.0}}
    edge = find_threshold(base, along=OTHER, low=0.5, high=2.0, outcome="resso.users", policies=policies,
                          replicates=2, scan=3, folder=tmp_path / "h", workers=1)  # fmt: skip
    best = optimise(base, levers={PATH: {"low": 0.0, "high": 1.0}}, objectives={"resso.users": "max"}, population=4,
                    generations=1, fresh=2, folder=tmp_path / "o", workers=1)  # fmt: skip
    for one in (found, bars, edge, best):
        html = shown(one)
        for line in one.summary().splitlines():
            assert line.strip() in unescape(html)
