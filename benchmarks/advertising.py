"""A month of advertising in all markets: prices that clear, cold and from last month's, against a general solver.

`python -m benchmarks.advertising [--months 60]`. The months grow as the parameters declare, so that every one has
prices of its own; the general solver (SciPy's hybrid method on the same equations, market by market) must find them.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.optimize import root

from benchmarks.timing import Line, fastest, show
from model.facts.start import load_start
from model.mechanisms.ad_growth import growth_since
from model.mechanisms.advertising import AdMonth, ad_appeal, ad_supply, clear_month
from model.spec.parameters import Parameters
from model.state.ad_markets import INFEED, AdMarkets, ad_markets
from model.theory.ads import ces_spending

TARGET = 1e-3


def main() -> None:
    """Measure and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--months", type=int, default=60)
    months = asked.parse_args().months
    parameters = Parameters()
    start = load_start()
    begin = time.perf_counter()
    ads = ad_markets(start, parameters=parameters)
    opening = time.perf_counter() - begin
    inputs = [inputs_of(ads, month, parameters) for month in range(months)]

    def chained() -> None:
        before: AdMonth | None = None
        for supply, budgets, appeal in inputs:
            before = clear_month(ads, supply=supply, budgets=budgets, appeal=appeal, previous=before)

    def cold() -> None:
        for supply, budgets, appeal in inputs:
            clear_month(ads, supply=supply, budgets=budgets, appeal=appeal)

    warm, fresh = fastest(chained, times=7) / months, fastest(cold, times=7) / months
    begin = time.perf_counter()
    gap = general_gap(ads, inputs[-1])
    general = time.perf_counter() - begin
    shape = "20 markets x 3 segments x 8 channels and the outside"
    show(f"advertising of a month: {shape}, {months} months", [
        Line("from last month's prices", f"{1e3 * warm:.2f} ms", f"within {1e3 * TARGET:g} ms", warm <= TARGET),
        Line("from the opening's prices", f"{1e3 * fresh:.2f} ms"),
        Line("a general solver, one month", f"{1e3 * general:.0f} ms, prices within {gap:.0e}", "1e-9", gap < 1e-9),
        Line("calibration, once per run", f"{1e3 * opening:.0f} ms"),
    ])  # fmt: skip


def inputs_of(ads: AdMarkets, month: int, parameters: Parameters) -> tuple[np.ndarray, float, np.ndarray]:
    """Return supply, budgets and appeal of a month of declared growth, with hours that differ from month to month."""
    grown, there = growth_since(month, parameters=parameters), ads.on_sale[:, INFEED]
    hours = there * (1.0 + 0.05 * np.sin(month + np.arange(there.size)))
    supply = ad_supply(ads, tiktok_hours=hours, tiktok_users=1.0 * there, infeed_load=grown.infeed_load)
    return supply, grown.budgets, ad_appeal(ads, adoption=grown.adoption)


def general_gap(ads: AdMarkets, inputs: tuple[np.ndarray, float, np.ndarray]) -> float:
    """Return the largest relative gap between our prices and those of a general solver."""
    supply, budgets, appeal = inputs
    ours = clear_month(ads, supply=supply, budgets=budgets, appeal=appeal).price
    gaps = []
    for m in range(len(ads.markets)):
        on_sale = supply[m] > 0.0
        weights, sold = (ads.weights * appeal)[m : m + 1, :, on_sale], (ads.income * supply)[m, on_sale]

        def excess(log_prices: np.ndarray, *, row: int = m, worth: np.ndarray = weights, full: np.ndarray = sold):
            spend, _ = ces_spending(
                worth, outside=ads.outside[row : row + 1], budgets=budgets * ads.budgets[row : row + 1],
                cpm=np.exp(log_prices)[None], ces_sigma=ads.ces_sigma, elasticity=ads.elasticity,
            )  # fmt: skip
            return np.log(spend[0].sum(axis=0) / full) - log_prices

        found = root(excess, np.zeros(on_sale.sum()), method="hybr", options={"xtol": 1e-13})
        gaps.append(np.abs(np.exp(found.x) / ours[m, on_sale] - 1.0).max())
    return float(max(gaps))


if __name__ == "__main__":
    main()
