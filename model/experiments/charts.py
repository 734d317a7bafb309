"""Charts against the Hot 100: distributions of an era, the pattern P11, and how often sleepers reach number one.

One market with one label and no world songs: the form that the fit was made on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from model.experiments.pattern import Pattern, ranged
from model.facts.records import LabelShare
from model.facts.songs import ChartEra, chart_era, song_values
from model.mechanisms.songs.living import live_weeks
from model.mechanisms.songs.opening import empty_songs
from model.spec.parameters import Parameters
from model.state.songs import SongStock
from model.theory.charts import ChartStatistics, chart_statistics, distance_to_points, joined_statistics

LONGEST_LIFE, LONGEST_AT_ONE = 110, 25
"""Weeks up to which distributions are compared."""
LEAD = 104
SLEEPER_WEEKS = 59
"""Weeks that Heat Waves needed from its entry to number one (vir-0001)."""
CLOSE = 0.15
"""KS distance below which a distribution counts as met."""


@dataclass(frozen=True, slots=True)
class ChartCheck:
    """A chart of the model beside an era of the Hot 100. ks_life, ks_at_one: distances of the two distributions."""

    era: ChartEra
    found: ChartStatistics
    ks_life: float
    ks_at_one: float

    def rows(self) -> list[tuple[str, float, float]]:
        """Return (what, data, model) of the numbers that were not fitted one by one; maxima over as many years."""
        era, found = self.era, self.found
        one = found.at_one if found.at_one.size else found.at_one.astype(float)
        first, last = (int(year) for year in era.era.split("-"))
        years = last - first + 1
        return [
            ("songs that enter in a year", era.entries_per_year, found.entries_per_year),
            ("number ones in a year", era.ones_per_year, found.ones_per_year),
            ("mean weeks on the chart", era.life_mean, float(found.life.mean())),
            ("share of songs that last one week", era.life[1], float((found.life == 1).mean())),
            ("share that lasts 20 weeks or more", 1.0 - era.life[19], float((found.life >= 20).mean())),
            ("share that lasts 52 weeks or more", 1.0 - era.life[51], float((found.life >= 52).mean())),
            ("mean weeks at number one", era.at_one_mean, float(one.mean()) if one.size else 0.0),
            (f"most weeks at number one in {years} years", era.at_one_most, found.most_at_one(years)),
            ("debuts among number ones", era.debuts_at_one, found.debuts_at_one),
            ("mean climb to number one, weeks", era.climb_mean, float(found.climb.mean()) if one.size else 0.0),
        ]


def one_market(parameters: Parameters, *, seed: int, week: int = 0) -> SongStock:
    """Return an empty market of one label whose songs are all its own."""
    whole = LabelShare(1.0, 1.0, 1.0, 1.0, "assumption", "one market alone", ())
    return empty_songs({"US": {"all": whole}}, parameters, seed=seed, week=week)


def simulated_chart(
    parameters: Parameters, *, years: int = 20, seeds: Iterable[int] = (601, 602, 603, 604), tiktok_open: bool = True
) -> ChartStatistics:
    """Return the statistics of one market's chart over some years with each seed, the first two years left out."""
    parts = []
    for seed in seeds:
        stock = one_market(parameters, seed=seed)
        charts = live_weeks(stock, parameters, weeks=52 * years + LEAD, tiktok_open=tiktok_open).charts[0]
        parts.append(chart_statistics(charts, lead=LEAD))
    return joined_statistics(parts)


def check_era(
    era: str = "2019-2022",
    *,
    parameters: Parameters | None = None,
    tiktok_open: bool = True,
    years: int = 20,
    seeds: Iterable[int] = (601, 602, 603, 604),
) -> ChartCheck:
    """Return a simulated chart beside an era of the Hot 100. parameters: None for the declared ones."""
    wanted = chart_era(era)
    found = simulated_chart(parameters or Parameters(), years=years, seeds=seeds, tiktok_open=tiktok_open)
    return ChartCheck(
        era=wanted, found=found,
        ks_life=distance_to_points(found.life, wanted.life, longest=LONGEST_LIFE),
        ks_at_one=distance_to_points(found.at_one, wanted.at_one, longest=LONGEST_AT_ONE),
    )  # fmt: skip


def pattern_p11(parameters: Parameters | None = None, *, years: int = 20) -> list[Pattern]:
    """Return P11: distances to the Hot 100 of 2019-2022, and of 2012-2017 with TikTok off as a contrast.

    P11a and P11b fit distributions that the parameters were fitted to, on other draws. P11c and P11d keep those
    parameters and close TikTok: a miss says that TikTok alone does not explain the change of the charts.
    """
    now = check_era(parameters=parameters, years=years)
    before = check_era("2012-2017", parameters=parameters, tiktok_open=False, years=years)
    band = f"below {CLOSE:g}"
    run = f"songs alone, 4 x {years} years"
    return [
        ranged("P11a", "weeks on the chart, Hot 100 2019-2022", "KS", band, 0.0, CLOSE, now.ks_life, run),
        ranged("P11b", "weeks at number one, Hot 100 2019-2022", "KS", band, 0.0, CLOSE, now.ks_at_one, run),
        ranged("P11c", "weeks on the chart, Hot 100 2012-2017, TikTok off, same parameters", "KS", band, 0.0, CLOSE,
               before.ks_life, run),
        ranged("P11d", "weeks at number one, Hot 100 2012-2017, TikTok off, same parameters", "KS", band, 0.0, CLOSE,
               before.ks_at_one, run),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sleepers:
    """How often songs climb long to number one. counted: songs with a climb of at least `weeks` in `years` years."""

    fit: str
    tiktok_open: bool
    weeks: int
    years: float
    counted: int
    ones: int
    longest: int

    @property
    def per_century(self) -> float:
        """Such songs in 100 years of charts."""
        return 100.0 * self.counted / self.years


def count_sleepers(
    fit: str = "2019-2022",
    *,
    tiktok_open: bool = True,
    weeks: int = SLEEPER_WEEKS,
    years: int = 100,
    seeds: Iterable[int] = (701, 702, 703, 704),
) -> Sleepers:
    """Count songs that needed `weeks` or more from their entry to number one. fit: one of `model.facts.songs.FITS`."""
    parameters = Parameters(song_values(fit))
    found = simulated_chart(parameters, years=years, seeds=seeds, tiktok_open=tiktok_open)
    longest = int(found.climb.max()) if found.climb.size else 0
    return Sleepers(fit, tiktok_open, weeks, found.years_one, found.climbs_of(weeks), found.climb.size, longest)
