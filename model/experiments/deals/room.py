"""The room: walk-away terms of both sides, the zone between them, the Nash point, and what a term sheet does there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from model.experiments.deals.futures import DealFutures, Progress, deal_futures
from model.experiments.deals.request import deal_request
from model.experiments.deals.sheet import TermSheet, payments
from model.foundation.errors import Fault, InputError
from model.market.start_store import StartStore
from model.spec.scenario import Scenario

BAND = (0.05, 0.95)
UNCERTAIN = ("theta", "bytedance_user_worth")


@dataclass(frozen=True, slots=True)
class DealRoom:
    """A licence on the table.

    futures: both futures in every draw. weight: the label's bargaining weight, 0 to 1. All money is USD per month, the
    mean over the term; payments go from the platform to the label.
    """

    futures: DealFutures
    weight: float

    def walk_aways(self) -> pd.DataFrame:
        """Return by draw: the least the label accepts, the most the platform pays, and the Nash payment.

        least = -(label's gain elsewhere); most = platform's gain before this payment; zone: whether least <= most;
        nash = weight * surplus - label's gain (nan without a zone).
        """
        gains = self.futures.gains()
        table = pd.DataFrame({"least": -gains["label"], "most": gains["platform"], "surplus": gains["surplus"]})
        table["zone"] = table["surplus"] >= 0.0
        table["nash"] = np.where(table["zone"], self.weight * gains["surplus"] - gains["label"], np.nan)
        table["present"] = self.futures.means().xs("deal", level="arm")["paid"]
        return table

    def agreement(self) -> float:
        """Return the share of draws with a zone of possible agreement."""
        return float(self.walk_aways()["zone"].mean())

    def summary(self) -> pd.DataFrame:
        """Return mean and 90% band over draws of each amount (USD per month), and as share of net revenue for usage.

        share: the revenue share, before usage share, that would pay the amount on the deal arm's net revenue.
        """
        table = self.walk_aways()[["least", "most", "nash", "present"]]
        rows = pd.DataFrame({"mean": table.mean(), "low": table.quantile(BAND[0]), "high": table.quantile(BAND[1])})
        rows["share"] = rows["mean"] / self.base_usd()
        return rows

    def base_usd(self) -> float:
        """Return the net revenue that falls to the label by usage, USD per month: what a revenue share is taken of."""
        base = self.futures.base
        monthly = (base["usage_share"] * base["net_revenue"]).groupby([base["draw"], base["month"]]).sum()
        return float(monthly.mean())

    def judge(self, sheet: TermSheet) -> pd.DataFrame:
        """Return by draw what a term sheet pays, what each side gains by it against no deal, and who walks.

        platform, label: USD per month against no deal. walks: "nobody", "platform", "label" or "both".
        """
        paid = payments(sheet, self.futures.base).by_draw["total"]
        walk = self.walk_aways()
        table = pd.DataFrame({"paid": paid, "platform": walk["most"] - paid, "label": paid - walk["least"]})
        platform_walks, label_walks = table["platform"] < 0, table["label"] < 0
        table["walks"] = np.select(
            [platform_walks & label_walks, platform_walks, label_walks], ["both", "platform", "label"], "nobody"
        )
        return table


def deal_room(
    scenario: Scenario | str = "june_2022", *, platform: str, label: str, markets: Sequence[str], at: str | None = None,
    months: int = 24, draws: int = 12, users: int = 3000, weight: float = 0.5, uncertain: Sequence[str] = UNCERTAIN,
    starts: StartStore | None = None, progress: Progress | None = None,
) -> DealRoom:  # fmt: skip
    """Return the room of one licence between a platform and a label over markets.

    at: month in which the licence begins, "YYYY-MM" (default: the scenario's start). months: its term. draws: pairs of
    futures, each with other random numbers and other values of the `uncertain` parameters. users: simulated users per
    market in the forks. weight: the label's bargaining weight. Errors: InputError.
    """
    if isinstance(weight, bool) or not 0.0 <= weight <= 1.0:
        raise InputError(
            Fault("deal: weight", "the label's bargaining weight lies from 0 to 1", weight, "Default: 0.5.")
        )
    request = deal_request(
        scenario, platform=platform, label=label, markets=markets, at=at, months=months, draws=draws, users=users,
        uncertain=uncertain,
    )  # fmt: skip
    return DealRoom(deal_futures(request, starts=starts, progress=progress), float(weight))
