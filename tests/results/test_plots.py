"""Figures: they show the tables' numbers, readably, in colours that can be told apart."""

from __future__ import annotations

import io
import itertools
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from model.facts import load_start
from model.facts.songs import chart_era
from model.foundation.errors import InputError
from model.results.canvas import spread, unit_axis
from model.results.palette import LABELS, OTHER, SERVICES, SOURCES, WORLDWIDE, colour_of, ink_on, name_of
from model.results.run_result import RunResult
from model.theory.charts import share_gone

MACHADO = {  # Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
    "usual": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868],
                        [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968],
                        [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
}  # fmt: skip

DRAWN = ("shares", "payers", "revenue", "label_income", "small_multiples", "hits", "tiktok", "map")
ALONE = ("shares", "revenue", "label_income", "map")
"""Pictures that stand alone: they come as their Axes."""


def drawn(result, name):
    """Return the figure of a picture, whichever way it comes."""
    found = getattr(result.plot, name)()
    assert isinstance(found, Axes if name in ALONE else Figure)
    return found.get_figure() if name in ALONE else found


def lab(colour, sight):
    """Return CIELAB of a colour "#RRGGBB" as a kind of sight sees it."""
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(MACHADO[sight] @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    ratio = xyz / np.array([0.9505, 1.0, 1.089])
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def nearest_pair(names, sight):
    pairs = itertools.combinations(names, 2)
    gaps = {(a, b): float(np.linalg.norm(lab(colour_of(a), sight) - lab(colour_of(b), sight))) for a, b in pairs}
    return min(gaps.items(), key=lambda item: item[1])


@pytest.mark.parametrize("sight", MACHADO)
def test_services_of_a_market_can_be_told_apart(sight):
    for date in ("2019-12", "2022-10"):
        for code, market in load_start(date).markets.items():
            pair, gap = nearest_pair(market.platforms, sight)
            assert gap > 11, (code, pair, gap)


@pytest.mark.parametrize("sight", MACHADO)
def test_labels_and_sources_can_be_told_apart(sight):
    for market in load_start("2022-10").markets.values():
        pair, gap = nearest_pair(market.repertoire, sight)
        assert gap > 11, (pair, gap)
    assert nearest_pair(SOURCES, sight)[1] > 11


def test_every_service_and_label_of_the_facts_has_a_name_and_a_colour():
    for market in load_start("2022-10").markets.values():
        assert set(market.platforms) <= set(SERVICES)
        assert set(market.repertoire) <= set(LABELS)


def test_worldwide_colours_belong_to_one_service():
    colours = [colour for _, colour in SERVICES.values()]
    for name in WORLDWIDE:
        assert colours.count(SERVICES[name][1]) == 1, name


def test_an_unlisted_service_always_has_the_same_look():
    assert colour_of("new_service") == colour_of("new_service") != OTHER
    assert name_of("new_service") == "New Service"
    assert ink_on("#FFFFFF") != ink_on("#000000")


@given(st.lists(st.floats(0, 100), max_size=20), st.floats(0.1, 20))
def test_names_beside_never_overlap_and_keep_their_order(places, gap):
    found = spread(places, gap=gap, low=0, high=100)
    assert found.shape == (len(places),)
    if not places:
        return
    room = min(gap, 100 / max(1, len(places) - 1))
    order = np.argsort(places, kind="stable")
    assert (np.diff(found[order]) >= room - 1e-9).all()
    assert found.min() >= -1e-9
    assert found.max() <= 100 + 1e-9
    if len(places) > 1 and np.diff(np.sort(places)).min() >= room:
        np.testing.assert_allclose(found, places, atol=1e-9)


@pytest.mark.parametrize("draw", DRAWN)
def test_every_figure_can_be_saved(result, draw):
    figure = drawn(result, draw)
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    assert len(stream.getvalue()) > 10_000
    pyplot = sys.modules.get("matplotlib.pyplot")  # other tests may have loaded it
    assert pyplot is None or not pyplot.get_fignums()


@pytest.mark.parametrize("draw", DRAWN)
def test_words_lie_inside_and_apart(result, draw):
    figure = drawn(result, draw)
    canvas = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    canvas.draw()
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for axes in figure.axes for text in axes.texts]
    boxes += [(text.get_text(), text.get_window_extent(renderer)) for text in figure.texts]
    boxes += [("legend", legend.get_window_extent(renderer)) for legend in figure.legends]
    width, height = figure.get_size_inches() * figure.dpi
    for words, box in boxes:
        assert min(box.x0, box.y0) >= 0, words
        assert max(box.x1 - width, box.y1 - height) <= 0, words
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        along = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 0 or along <= 1.5, (one, two)


def test_shares_are_those_of_the_table(result):
    axes = result.plot.shares("BR")
    tops = np.array([area.get_paths()[0].vertices[:, 1].max() for area in axes.collections])
    mean = result.services.query("market == 'BR'").groupby(["month", "platform"])["users"].mean().unstack()
    shares = 100 * mean.div(mean.sum(axis=1), axis=0)
    order = mean.mean().sort_values(ascending=False).index
    np.testing.assert_allclose(np.sort(tops), shares[order].cumsum(axis=1).max().to_numpy())
    last = shares.iloc[-1]
    words = " ".join(text.get_text() for text in axes.texts)
    for who in order:
        assert name_of(who) in words
        assert (f"{last[who]:.0f}%" if last[who] >= 9.5 else f"{last[who]:.1f}%") in words


def test_bars_are_the_years_money(result):
    axes = result.plot.revenue()
    drawn = sum(bar.get_width() for bar in axes.patches)
    assert drawn == pytest.approx(result.services["revenue"].sum() / 2)
    axes = result.plot.label_income()
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(result.labels["label_income"].sum() / 2)


def test_one_small_picture_per_market(result):
    figure = result.plot.small_multiples()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["India", "Brazil"]


@pytest.mark.parametrize(
    ("ticks", "scale", "suffix", "shown"),
    [
        ([0, 2.5e6, 17.5e6, 20e6], 1e6, "M", ["0", "2.5M", "17.5M", "20.0M"]),
        ([0, 5e6, 10e6], 1e6, "M", ["0", "5M", "10M"]),
        ([0, 0.25, 0.5], 1.0, "%", ["0%", "0.25%", "0.50%"]),
        ([0, 1e9, 2e9], 1e6, "", ["0", "1,000", "2,000"]),
    ],
)
def test_ticks_have_the_decimals_they_need(ticks, scale, suffix, shown):
    axes = Figure().subplots()
    axes.set_yticks(ticks)
    unit_axis(axes, scale=scale, suffix=suffix)
    assert axes.yaxis.get_major_formatter().format_ticks(ticks) == shown


def test_payers_are_of_the_services_with_most_payers(result, monkeypatch):
    monkeypatch.setattr("model.results.plots.SHOWN", 1)
    for market in ("IN", "BR"):
        rows = result.services[result.services["market"] == market]
        most = rows.groupby("platform")["payers"].mean().idxmax()
        words = " ".join(text.get_text() for text in result.plot.payers(market).axes[0].texts)
        assert name_of(most) in words
        assert len(result.plot.payers(market).axes[0].texts) == 2


def test_lines_of_replicates_have_their_spread(result, make_run, make_scenario):
    axes = result.plot.payers("BR").axes[0]
    rows = result.services.query("market == 'BR' and platform == 'spotify'").groupby("month")["payers"]
    bands = {round(area.get_paths()[0].vertices[:, 1].max()) for area in axes.collections}
    assert round(rows.max().max()) in bands
    one = RunResult.from_runs(make_scenario(), [make_run(1)])
    assert len(one.plot.payers("BR").axes[0].collections) == 0


def test_bars_and_their_totals_are_in_one_unit(result):
    axes = result.plot.label_income()
    assert axes.get_xlabel() == "USD million"
    totals = [float(text.get_text().replace(",", "")) for text in axes.texts]
    assert sum(totals) * 1e6 == pytest.approx(result.labels["label_income"].sum() / 2, rel=0.05)


def test_a_small_picture_of_one_market_keeps_its_words_inside(make_run, make_scenario):
    run = make_run(1)
    alone = replace(run, records=[record for record in run.records if record.market == "IN"])
    figure = RunResult.from_runs(make_scenario(markets=["IN"]), [alone]).plot.small_multiples()
    surface = FigureCanvasAgg(figure)
    surface.draw()
    boxes = [text.get_window_extent(surface.get_renderer()) for text in figure.texts]
    boxes += [legend.get_window_extent(surface.get_renderer()) for legend in figure.legends]
    assert min(box.x0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= figure.get_figwidth() * figure.dpi


def test_small_pictures_say_that_users_may_be_counted_twice(result):
    words = " ".join(text.get_text() for text in result.plot.small_multiples().texts)
    assert "a person may use two services" in words


def test_services_that_only_a_legend_names_have_a_colour_each(result, monkeypatch):
    for who in ("gaana", "deezer"):
        monkeypatch.setitem(SERVICES, who, (SERVICES[who][0], SERVICES["spotify"][1]))
    axes = result.plot.label_income()
    patches = [one for legend in axes.get_figure().legends for one in legend.get_patches()]
    colours = [one.get_facecolor() for one in patches]
    assert len(set(colours)) == len(colours)
    words = [text.get_text() for legend in axes.get_figure().legends for text in legend.get_texts()]
    assert "Spotify" in words
    assert not {"Gaana", "Deezer"} & set(words)
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(result.labels["label_income"].sum() / 2)


def test_unknown_markets_are_told(result):
    for draw in (result.plot.shares, result.plot.payers):
        with pytest.raises(InputError, match="is a market of the run"):
            draw("XX")


@pytest.mark.parametrize("shown", [0, 1])
def test_small_services_are_drawn_together(result, monkeypatch, shown):
    monkeypatch.setattr("model.results.plots.SHOWN", shown)
    axes = result.plot.label_income()
    assert sum(bar.get_width() for bar in axes.patches) == pytest.approx(result.labels["label_income"].sum() / 2)
    axes = result.plot.shares()
    assert len(axes.collections) == shown + 1
    assert max(area.get_paths()[0].vertices[:, 1].max() for area in axes.collections) == pytest.approx(100)


def test_the_picture_of_tiktok_shows_its_accounts_and_prices(result):
    income, paid, kept, prices = result.plot.tiktok().axes
    month = result.tiktok.groupby(["replicate", "month"]).sum(numeric_only=True).groupby("month").mean().iloc[-1] / 1e6
    for axes, columns in (
        (income, ["tiktok_infeed", "tiktok_topview", "tiktok_shop", "tiktok_games", "own_distribution"]),
        (paid, ["tiktok_costs", "creators_paid", "clip_fees", "clip_credit"]),
    ):
        tops = [float(area.get_paths()[0].vertices[:, 1].max()) for area in axes.collections]
        shown = [float(month[name]) for name in columns if month[name] > 0.0]
        most = result.tiktok.groupby(["replicate", "month"])[columns].sum().groupby("month").mean().sum(axis=1).max()
        assert max(tops) == pytest.approx(most / 1e6)
        assert len(tops) == len(shown)
        words = " ".join(text.get_text() for text in axes.texts)
        assert all(f"{value:.2f}" in words or f"{value:.1f}" in words for value in shown), (shown, words)
    both = result.bytedance.groupby(["replicate", "month"])["bytedance_income"].sum().groupby("month").mean() / 1e6
    lines = {tuple(np.round(line.get_ydata(), 9)) for line in kept.get_lines()}
    assert tuple(np.round(both.to_numpy(), 9)) in lines
    google = result.advertising.query("channel == 'google'")
    mean = (google["ad_price"] * google["ad_income"]).groupby(google["month"]).sum()
    wanted = mean / google.groupby("month")["ad_income"].sum()
    assert tuple(np.round(wanted.to_numpy(), 9)) in {
        tuple(np.round(line.get_ydata(), 9)) for line in prices.get_lines()
    }


def test_the_picture_of_hits_shows_songs_that_entered_beside_the_hot_100(result):
    lives, at_one, climbs = result.plot.hits().axes
    songs = result.songs[~result.songs["song_before"].astype(bool)]
    model, record = lives.get_lines()
    over = songs["song_over"].to_numpy(dtype=bool)
    wanted = 100.0 * share_gone(songs["song_life"].to_numpy(), over=over)
    drawn = np.asarray(model.get_ydata())
    np.testing.assert_allclose(drawn, wanted[1 : 1 + len(drawn)])
    era = chart_era("2019-2022")
    assert dict(zip(record.get_xdata(), np.asarray(record.get_ydata()) / 100.0, strict=True)) == pytest.approx(
        {week: share for week, share in era.life.items() if week <= 100}
    )
    ones = songs[songs["song_at_one"] > 0]
    assert np.asarray(at_one.get_lines()[0].get_ydata())[0] == pytest.approx(100.0 * (ones["song_at_one"] == 1).mean())
    assert np.asarray(climbs.get_lines()[0].get_ydata())[0] == pytest.approx(100.0 * (ones["song_climb"] == 0).mean())
    assert f"{len(ones)} number ones" in " ".join(text.get_text() for text in result.plot.hits().texts)
