"""Pictures are pure functions: their numbers are those of the tables, their colours those of the palette."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from model.interfaces.app.charts.crowd import crowd_table, dots_of, spoken
from model.interfaces.app.charts.money import ad_prices, label_income, margin_by_service, revenue_by_service
from model.interfaces.app.charts.people import markets_at_a_glance, payers_by_service, users_by_service
from model.interfaces.app.charts.picture import Picture
from model.interfaces.app.charts.songs import top_songs
from model.interfaces.app.charts.world_map import world_map
from model.interfaces.app.crowd import crowd_of
from model.interfaces.app.export import csv_text, file_name
from model.interfaces.app.seen import Seen
from model.interfaces.app.session import Session
from model.results.palette import colour_of, name_of
from model.results.places import PLACES, standing
from model.results.weekly_charts import chart_now
from model.state.country import Country

Opened = Callable[..., Session]
Make = Callable[..., Picture]
OVER_TIME = [users_by_service, payers_by_service, revenue_by_service, margin_by_service, label_income, ad_prices]


@pytest.fixture
def seen(opened: Opened) -> Seen:
    session = opened()
    session.step(4)
    assert session.worker.wait(60)
    assert session.seen is not None
    return session.seen


@pytest.mark.parametrize("make", [*OVER_TIME, markets_at_a_glance, world_map])
def test_every_picture_is_plain_json_with_title_unit_words_and_numbers(seen: Seen, make: Make) -> None:
    found = make(seen.result)
    assert json.loads(json.dumps(found.option, allow_nan=False))["series"]
    assert found.title
    assert found.subtitle
    assert found.spoken
    assert not found.table.empty


@pytest.mark.parametrize("market", ["", "ID"])
def test_lines_hold_the_numbers_of_the_table(seen: Seen, market: str) -> None:
    picture, rows = users_by_service(seen.result, market=market), seen.result.services
    rows = rows[rows["market"] == market] if market else rows
    wanted = rows[(rows["platform"] == "spotify") & (rows["month"] == 4)]["users"].sum()
    shown = next(one for one in picture.option["series"] if one["name"] == "Spotify")
    assert shown["data"][-1] * 1e6 == pytest.approx(wanted, rel=1e-3)
    assert shown["itemStyle"]["color"] == colour_of("spotify")
    table = picture.table
    assert table.loc[(table["platform"] == "Spotify") & (table["month"] == 4), "users"].item() == wanted
    assert len(shown["data"]) == len(picture.option["xAxis"]["data"]) == 5


def test_services_beyond_the_largest_are_drawn_as_one_and_nothing_is_lost(seen: Seen) -> None:
    total = seen.result.services.query("month == 4")["users"].sum()
    table = users_by_service(seen.result).table
    assert table.loc[table["month"] == 4, "users"].sum() == pytest.approx(total)


@pytest.mark.parametrize("make", [revenue_by_service, margin_by_service, label_income, ad_prices])
def test_before_the_first_month_money_says_why_it_is_empty(opened: Opened, make: Make) -> None:
    session = opened()
    assert session.seen is not None
    found = make(session.seen.result)
    assert found.is_empty
    assert "take a step" in found.subtitle


def test_the_map_has_a_bubble_for_every_market_of_the_run(seen: Seen) -> None:
    dots = world_map(seen.result, market="ID").option["series"][0]["data"]
    assert [dot["name"] for dot in dots] == list(seen.plan.markets)
    now = standing(seen.result).set_index("market")
    services = seen.result.services.query("month == 4 and market == 'ID'")
    assert now.loc["ID", "leader"] == services.loc[services["users"].idxmax(), "platform"]
    widths = {dot["name"]: dot["itemStyle"]["borderWidth"] for dot in dots}
    assert widths["ID"] > widths["IN"]


def test_every_market_of_the_facts_has_a_place_on_the_map() -> None:
    from model.facts.start import load_start

    assert set(PLACES) == set(load_start().markets)


def test_the_chart_of_songs_is_that_of_the_last_week(seen: Seen) -> None:
    records = seen.result.runs[0].records
    last = next(one for one in reversed(records) if one.market == "ID")
    assert last.charts is not None
    now = chart_now(records, market="ID")
    assert now["song"].tolist() == last.charts.songs[-1, :10].tolist()
    assert (now["peak"] <= now["place"]).all()
    picture = top_songs(records, market="ID")
    assert [one["data"][-1] for one in picture.option["series"]] == list(range(1, 11))


def test_every_user_has_a_dot_of_its_own_inside_its_community(settled: Callable[..., Country]) -> None:
    crowd = crowd_of(settled("ID", users=2000))
    dots = np.array(dots_of(crowd))
    assert dots.shape == (len(crowd.uid), 6)
    assert len({(c, x, y) for _, c, x, y, *_ in dots.tolist()}) == len(dots)
    assert (np.hypot(dots[:, 2], dots[:, 3]) <= 1001).all()
    assert (np.bincount(dots[:, 1], minlength=len(crowd.rooms)) <= crowd.rooms).all()


def test_those_without_a_service_stand_inside_and_services_side_by_side(settled: Callable[..., Country]) -> None:
    crowd = crowd_of(settled("ID", users=2000))
    dots = np.array(dots_of(crowd))
    largest = np.bincount(dots[:, 1]).argmax()
    here = dots[dots[:, 1] == largest]
    far, service = np.hypot(here[:, 2], here[:, 3]), here[:, 4]
    assert far[service < 0].max() < far[service >= 0].min()
    outer = here[service >= 0]
    around = outer[np.argsort(np.arctan2(outer[:, 3], outer[:, 2])), 4]
    assert (np.diff(around) >= 0).all()


def test_the_crowd_counts_what_the_market_counts(settled: Callable[..., Country]) -> None:
    country = settled("ID", users=2000)
    table = crowd_table(crowd_of(country))
    main = country.users.main[: country.active]
    held = pd.Series([country.offers.names[one][0] for one in main]).value_counts()
    assert table["service"].value_counts().to_dict() == held.to_dict()
    assert table["paid"].sum() == (country.offers.nest[main] == 2).sum()
    assert "Indonesia" in spoken(crowd_of(country))


def test_a_large_market_shows_the_same_users_every_month(settled: Callable[..., Country]) -> None:
    crowd = crowd_of(settled("ID", users=5000))
    assert len(crowd.uid) == 3000
    assert crowd.online > 3000
    assert crowd.uid.tolist() == sorted(crowd.uid.tolist())


def test_csv_holds_every_number_as_it_is_and_no_formula() -> None:
    table = pd.DataFrame({"date": ["Oct 2022", "=1+1"], "users": [0.1 + 0.2, 3e8]})
    back = pd.read_csv(io.StringIO(csv_text(table)))
    assert back["users"].tolist() == table["users"].tolist()
    assert back["date"].tolist() == ["Oct 2022", "'=1+1"]


def test_every_service_of_a_small_picture_has_its_place_in_the_legend(seen: Seen) -> None:
    option = markets_at_a_glance(seen.result).option
    listed = option["legend"]["data"]
    assert {name_of(str(who)) for who in seen.result.services["platform"]} == set(listed) == {
        one["name"] for one in option["series"]
    }  # fmt: skip
    assert len(listed) == len(set(listed))


def test_files_are_named_by_what_they_show(seen: Seen) -> None:
    assert file_name(f"{seen.told} users") == "tiny-2023-01-users"
    assert file_name("Who pays?") == "who-pays"


def test_names_and_colours_of_the_crowd_are_those_of_every_picture(seen: Seen) -> None:
    from model.interfaces.app.charts.crowd import colours_of, names_of

    crowd = seen.crowds["ID"]
    assert names_of(crowd) == [name_of(one) for one in crowd.platforms]
    assert colours_of(crowd) == [colour_of(one) for one in crowd.platforms]
