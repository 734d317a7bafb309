"""Charts of the model against the Hot 100: what holds, what fails, and sleepers counted."""

from __future__ import annotations

import numpy as np
import pytest

from model.experiments import charts
from model.experiments.charts import check_era, count_sleepers, pattern_p11, simulated_chart
from model.facts.songs import song_values
from model.spec.parameters import Parameters


def test_the_charts_of_2019_to_2022_are_met_on_fresh_draws() -> None:
    found = check_era(seeds=(21, 22, 23, 24))
    assert found.ks_life < 0.15
    assert found.ks_at_one < 0.15
    assert found.found.years == pytest.approx(4 * (52 * 20 - 60) / 52)
    rows = {what: model / data for what, data, model in found.rows()}
    assert rows["songs that enter in a year"] == pytest.approx(1.0, abs=0.05)
    assert rows["mean weeks on the chart"] == pytest.approx(1.0, abs=0.1)
    assert rows["most weeks at number one in 4 years"] < found.found.at_one.max() / 19.0, "a longer time holds more"
    assert 0.8 < rows["most weeks at number one in 4 years"] < 2.5
    assert rows["mean climb to number one, weeks"] < 0.7, "known miss: climbs are too short"


def test_p11_hits_and_misses_as_the_notes_say() -> None:
    assert {row.name: row.verdict for row in pattern_p11(years=10)} == {
        "P11a": "hit", "P11b": "hit", "P11c": "miss", "P11d": "miss",
    }  # fmt: skip


def test_the_refit_meets_the_charts_of_2012_to_2017_without_tiktok() -> None:
    found = check_era("2012-2017", parameters=Parameters(song_values("2012-2017")), tiktok_open=False)
    assert found.ks_life < 0.15
    assert found.ks_at_one < 0.15


def test_a_wrong_process_is_told_from_the_right_one() -> None:
    calm = check_era(parameters=Parameters({"song_burst_sd": 0.2}), years=10)
    assert max(calm.ks_life, calm.ks_at_one) > 0.15


def test_seeds_give_other_charts_of_one_kind() -> None:
    one, other = (simulated_chart(Parameters(), years=10, seeds=[seed]) for seed in (1, 2))
    assert one.life.size != other.life.size or (one.life != other.life).any()
    assert one.life.mean() == pytest.approx(other.life.mean(), rel=0.1)


def test_sleepers_are_the_long_climbs() -> None:
    many = count_sleepers(weeks=8, years=20, seeds=(1,))
    some = count_sleepers(weeks=20, years=20, seeds=(1,))
    climbs = simulated_chart(Parameters(), years=20, seeds=(1,)).climb
    assert (many.counted, some.counted) == (np.sum(climbs >= 8), np.sum(climbs >= 20))
    assert 0 < some.counted < many.counted <= many.ones
    assert many.longest == climbs.max()
    assert many.per_century == pytest.approx(100.0 * many.counted / many.years)


@pytest.mark.slow
def test_sleepers_like_heat_waves_are_rare_and_hang_on_the_lift_that_is_allowed() -> None:
    """Per century, as printed: the stored fit does not need TikTok for them, the fit with any lift does."""
    found = {
        (fit, tiktok): count_sleepers(fit, tiktok_open=tiktok, years=250).per_century
        for fit in ("2019-2022", "2019-2022, any lift")
        for tiktok in (True, False)
    }
    assert all(0.0 < rate < 4.0 for rate in found.values())
    stored = [found["2019-2022", tiktok] for tiktok in (True, False)]
    assert stored[0] == pytest.approx(stored[1], abs=0.7)
    assert found["2019-2022, any lift", True] > 2.0 * found["2019-2022, any lift", False]


def test_constants_are_the_facts() -> None:
    from model.facts.book import FactBook

    assert float(FactBook.load().get("vir-0001").value) == charts.SLEEPER_WEEKS
