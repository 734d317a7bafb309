"""Too few simulated people behind a licence: when it is told, for whom, and what to do."""

from __future__ import annotations

import pytest

from model.experiments.thin_cells import FEWEST, thin_cells
from model.facts.start import load_start
from model.market.valuing import Pair

START = "2022-10"
SONY = Pair("resso", "sony", "streaming", ("IN",))


def simulated(pair: Pair, market: str, users: int) -> float:
    facts = load_start(START).markets[market]
    share = facts.repertoire[pair.label].share
    return users * facts.platforms[pair.platform].mau_m / facts.addressable_m * share


def test_a_cell_of_a_few_people_is_told_with_the_way_out() -> None:
    told = thin_cells([SONY], start=START, users=3000)
    assert f"Sony on Resso in IN of {simulated(SONY, 'IN', 3000):.0f}" in told
    assert f"below {FEWEST}" in told
    wanted = int(told.split("Take ")[1].split(" users")[0].replace(",", ""))
    assert simulated(SONY, "IN", wanted) >= FEWEST
    assert simulated(SONY, "IN", wanted * 9 // 10) < FEWEST
    assert thin_cells([SONY], start=START, users=wanted) == ""


def test_the_largest_licences_are_told_at_small_sizes_only() -> None:
    large = Pair("spotify", "universal", "streaming", ("US",))
    assert thin_cells([large], start=START, users=2000) == ""
    assert "Universal on Spotify in US" in thin_cells([large], start=START, users=100)
    assert thin_cells([Pair("tiktok", "universal", "clips", ("US",))], start=START, users=2000) == ""


def test_markets_that_hardly_count_and_services_that_are_not_there_are_not_told() -> None:
    wide = Pair("spotify", "sony", "streaming", ("US", "NG"))
    assert simulated(wide, "NG", 10_000) < FEWEST
    assert thin_cells([wide], start=START, users=10_000) == ""
    assert "NG" in thin_cells([Pair("spotify", "sony", "streaming", ("NG",))], start=START, users=10_000)
    assert thin_cells([Pair("tiktok_music", "sony", "streaming", ("US",))], start=START, users=100) == ""
    assert thin_cells([Pair("tiktok", "sony", "clips", ("IN",))], start=START, users=100) == ""


def test_many_thin_licences_are_counted() -> None:
    labels = ("universal", "sony", "warner", "t_series", "zee")
    told = thin_cells([Pair("apple_music", one, "streaming", ("IN",)) for one in labels], start=START, users=3000)
    assert "and 2 more" in told
    assert "less than 1" in told


@pytest.mark.parametrize("users", [100, 1000, 5000])
def test_fewer_users_never_make_a_sample_better(users: int) -> None:
    if thin_cells([SONY], start=START, users=users) == "":
        assert thin_cells([SONY], start=START, users=2 * users) == ""
