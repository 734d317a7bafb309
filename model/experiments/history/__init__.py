"""The record of 2019 to 2022 and its counterpart in a run: the same series under the same names."""

from model.experiments.history.metrics import (
    ALL_SERVICES,
    COLUMNS,
    METRICS,
    REGIONS,
    RESSO_MARKETS,
    WORLD,
    Metric,
    SeriesKey,
    metric_named,
)
from model.experiments.history.modelled import MODELLED_COLUMNS, market_series, modelled_series
from model.experiments.history.recorded import quarter_end, recorded_series, usd_per_eur
from model.experiments.history.scaling import by_region, region_factors, region_people, world
from model.experiments.history.single_figures import FIGURES, LEFT_OUT, Figure

__all__ = [
    "ALL_SERVICES",
    "COLUMNS",
    "FIGURES",
    "LEFT_OUT",
    "METRICS",
    "MODELLED_COLUMNS",
    "REGIONS",
    "RESSO_MARKETS",
    "WORLD",
    "Figure",
    "Metric",
    "SeriesKey",
    "by_region",
    "market_series",
    "metric_named",
    "modelled_series",
    "quarter_end",
    "recorded_series",
    "region_factors",
    "region_people",
    "usd_per_eur",
    "world",
]
